"""An item of work runs in its own workspace or not at all, whatever ran before it in the same thread."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.urls import get_script_prefix
from django.utils import timezone

from apps import tenants
from apps.bots.services import create_bot
from apps.tenants.logs import WorkspaceFilter
from apps.tenants.models import Workspace
from apps.work import kinds, runner
from apps.work.claims import Claim
from apps.work.models import WorkItem
from apps.work.runner import Later
from apps.work.services import make_due
from celery_app import app as celery

KIND = "test.isolation"


def work(run: Callable[[Claim], Later | None], seconds: float = 5.0) -> int:
    return runner.work_items(KIND, run, runner.How(30.0), "chat", seconds)


def due(workspace: Workspace, key: str) -> None:
    with tenants.enter(workspace):
        make_due(KIND, key, at=timezone.now() - timedelta(seconds=1))


def item(key: str) -> WorkItem:
    return WorkItem.objects.get(kind=KIND, key=key)


@pytest.fixture
def ran() -> list[tuple[str, str, str]]:
    """What ran: the key, and the schema and addresses in which it ran."""
    return []


@pytest.fixture
def note(ran: list[tuple[str, str, str]]) -> Callable[[Claim], None]:
    return lambda claim: ran.append((claim.key, tenants.schema(), get_script_prefix()))


def test_each_item_runs_in_its_own_workspace(
    workspace: Workspace, other: Workspace, ran: list[tuple[str, str, str]], note: Callable[[Claim], None]
) -> None:
    for number in range(3):
        due(workspace, f"a{number}")
        due(other, f"b{number}")
    assert work(note) == 6
    assert {(key[0], schema, prefix) for key, schema, prefix in ran} == {
        ("a", workspace.schema_name, "/w/acme/"),
        ("b", other.schema_name, "/w/other/"),
    }
    assert (tenants.schema(), get_script_prefix()) == (workspace.schema_name, "/w/acme/")


@pytest.mark.parametrize("state", [Workspace.State.SUSPENDED, Workspace.State.SETTING_UP])
def test_an_item_of_a_workspace_that_may_not_work_runs_nothing_and_is_kept(
    other: Workspace, ran: list[tuple[str, str, str]], note: Callable[[Claim], None], state: str
) -> None:
    due(other, "b")
    Workspace.objects.filter(pk=other.pk).update(state=state)
    work(note)
    assert ran == []
    kept = item("b").due_at
    assert kept is not None and timedelta(seconds=590) < kept - timezone.now() <= timedelta(seconds=600)
    assert item("b").lease_until is None


def test_an_item_of_an_unknown_workspace_runs_nothing(
    db: None, ran: list[tuple[str, str, str]], note: Callable[[Claim], None]
) -> None:
    claim = Claim(id=0, workspace_id=0, kind=KIND, key="x", token=1, due_at=timezone.now(), attempts=1)
    runner.run_item(claim, note, runner.How(30.0), "chat")
    assert ran == []


def test_a_released_workspace_gets_its_kept_item(
    other: Workspace, ran: list[tuple[str, str, str]], note: Callable[[Claim], None]
) -> None:
    due(other, "b")
    Workspace.objects.filter(pk=other.pk).update(state=Workspace.State.SUSPENDED)
    work(note)
    Workspace.objects.filter(pk=other.pk).update(state=Workspace.State.READY)
    due(other, "b")
    work(note)
    assert [key for key, _, _ in ran] == ["b"]


@pytest.mark.parametrize("error", [ValueError("boom"), DatabaseError("gone"), KeyError("x")])
def test_an_item_after_a_failing_one_is_in_its_own_workspace(
    workspace: Workspace,
    other: Workspace,
    ran: list[tuple[str, str, str]],
    note: Callable[[Claim], None],
    error: Exception,
) -> None:
    due(workspace, "fails")
    due(other, "works")

    def run(claim: Claim) -> None:
        if claim.key == "fails":
            raise error
        note(claim)

    with tenants.enter(None):
        work(run)
        assert (tenants.schema(), get_script_prefix()) == ("public", "/")
    assert ran == [("works", other.schema_name, "/w/other/")]
    assert (item("fails").error, item("fails").attempts) == (type(error).__name__, 1)
    assert item("works").due_at is None


def test_a_run_that_strays_into_another_workspace_does_not_take_the_next_item_along(
    workspace: Workspace, other: Workspace, ran: list[tuple[str, str, str]], note: Callable[[Claim], None]
) -> None:
    due(workspace, "strays")
    due(workspace, "next")

    def run(claim: Claim) -> None:
        if claim.key == "strays":
            tenants.enter(other).__enter__()  # as code that forgets to leave
            raise RuntimeError
        note(claim)

    work(run)
    assert ran == [("next", workspace.schema_name, "/w/acme/")]


def test_what_one_item_wrote_is_only_in_its_workspace(workspace: Workspace, other: Workspace) -> None:
    due(workspace, "acme's")
    due(other, "other's")
    work(lambda claim: create_bot(claim.key, business="x") and None)
    found = {}
    for one in (workspace, other):
        with tenants.enter(one), connection.cursor() as cursor:
            cursor.execute("SELECT name FROM bots_bot")
            found[one.slug] = [row[0] for row in cursor.fetchall()]
    assert found == {"acme": ["acme's"], "other": ["other's"]}


def test_an_items_error_is_logged_where_it_happened(other: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    due(other, "b")

    def run(claim: Claim) -> None:
        raise ValueError("x")

    caplog.handler.addFilter(WorkspaceFilter())
    work(run)
    logged = [record for record in caplog.records if record.name == "apps.work.runner"]
    assert [vars(record)["workspace"] for record in logged] == [other.schema_name]


@pytest.mark.parametrize("name", [kind.name for kind in kinds.all_kinds()])
def test_every_kind_is_a_celery_task_that_carries_nothing(db: None, name: str) -> None:
    """A ring names the kind and no workspace: the worker claims, so a task cannot be sent to the wrong one."""
    task = celery.tasks[name]
    with tenants.enter(None):
        assert task.apply(throw=True).successful()
        assert tenants.schema() == "public"
    assert (task.acks_late, task.ignore_result) == (False, True)
    with pytest.raises(TypeError):
        task.apply(args=["w_0123456789abcdef"], throw=True)
