"""Plan limits: refused at the last place, also when two take it at once."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import limits
from apps.core.limits import LimitReached
from apps.tenants.models import Workspace
from tests.clocks import PATIENCE
from tests.furnished import wipe


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> dict[str, int | None]:
    """What the plan allows; nothing is limited unless it is said here."""
    allowed: dict[str, int | None] = {}
    monkeypatch.setattr(limits, "_allowances", [allowed.get])
    return allowed


def test_without_a_plan_there_is_no_limit(workspace: Workspace, plan: dict[str, int | None]) -> None:
    for number in range(3):
        create_bot(f"{number}", business="Acme")
    assert Bot.objects.count() == 3


def test_what_the_plan_allows_is_made_and_no_more(workspace: Workspace, plan: dict[str, int | None]) -> None:
    plan["bots"] = 2
    create_bot("one", business="Acme")
    create_bot("two", business="Acme")
    with pytest.raises(LimitReached, match="Your plan allows 2 bots. Remove one or change the plan.") as refused:
        create_bot("three", business="Acme")
    assert (refused.value.kind, refused.value.allowed) == ("bots", 2)
    assert list(Bot.objects.order_by("pk").values_list("name", flat=True)) == ["one", "two"]


def test_a_plan_that_allows_none_allows_none(workspace: Workspace, plan: dict[str, int | None]) -> None:
    plan["bots"] = 0
    with pytest.raises(LimitReached):
        create_bot("one", business="Acme")


def test_a_kind_the_plan_does_not_name_is_free(workspace: Workspace, plan: dict[str, int | None]) -> None:
    plan["inboxes"], plan["bots"] = 0, None
    create_bot("one", business="Acme")
    assert Bot.objects.count() == 1


def test_the_narrowest_of_two_allowances_counts(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 5, lambda kind: 1, lambda kind: None])
    create_bot("one", business="Acme")
    with pytest.raises(LimitReached) as refused:
        create_bot("two", business="Acme")
    assert refused.value.allowed == 1


def test_the_other_workspaces_bots_do_not_count(
    workspace: Workspace, other: Workspace, plan: dict[str, int | None]
) -> None:
    plan["bots"] = 1
    with tenants.enter(other):
        create_bot("theirs", business="Other")
    create_bot("mine", business="Acme")
    assert Bot.objects.count() == 1


def test_the_refusal_leaves_the_workspace_unharmed(
    workspace: Workspace, other: Workspace, plan: dict[str, int | None]
) -> None:
    """It passes the door on its way out."""
    plan["bots"] = 0
    with pytest.raises(LimitReached), tenants.enter(other):
        create_bot("one", business="Other")
    assert tenants.schema() == workspace.schema_name


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Workspace]]:
    """Both workspaces, whose new bots every connection sees until the test is over."""
    with django_db_blocker.unblock():
        both = list(Workspace.objects.filter(slug__in=["acme", "other"]).order_by("slug"))
        yield both
        wipe(*both)
        connection.close()


def test_of_many_who_take_the_last_place_at_once_one_gets_it(
    committed: list[Workspace], plan: dict[str, int | None]
) -> None:
    plan["bots"] = 1
    barrier, outcomes = threading.Barrier(8), []

    def take(workspace: Workspace) -> None:
        try:
            with tenants.enter(workspace):
                barrier.wait()
                create_bot("last", business="x")
            outcomes.append((workspace.slug, "made"))
        except LimitReached:
            outcomes.append((workspace.slug, "refused"))
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(committed[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [
        *[("acme", "made")], *[("acme", "refused")] * 3, *[("other", "made")], *[("other", "refused")] * 3,
    ]  # fmt: skip
    for workspace in committed:
        with tenants.enter(workspace):
            assert Bot.objects.count() == 1


def test_workspaces_do_not_wait_for_each_others_checks(committed: list[Workspace], plan: dict[str, int | None]) -> None:
    plan["bots"] = 9
    acme, other = committed
    done = threading.Event()

    def theirs() -> None:
        with tenants.enter(other):
            create_bot("theirs", business="Other")
        done.set()
        connection.close()

    with tenants.enter(acme), transaction.atomic():
        limits.check("bots")
        threading.Thread(target=theirs).start()
        assert done.wait(PATIENCE)
