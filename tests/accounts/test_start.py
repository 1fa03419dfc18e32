"""Starting a workspace: the form, the building, the page that waits, and what survives a failure."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from apps import tenants
from apps.accounts import services
from apps.accounts.models import Membership, Role, User
from apps.accounts.services import MOST_OWNED, add_member, start_workspace
from apps.bots.services import create_bot
from apps.tenants import building
from apps.tenants.models import Workspace
from apps.work import claims, kinds
from apps.work.models import WorkItem

ClientFor = Callable[..., Client]
Member = Callable[..., Membership]


@pytest.fixture
def luna(db: None) -> User:
    return User.objects.create_user("luna@luna-bakery.example")


@pytest.fixture
def browser(client_for: ClientFor, luna: User) -> Client:
    return client_for(None, user=luna)


@pytest.fixture
def worker() -> Iterator[Callable[[], int]]:
    """Works what is due, as a worker's ring does."""
    yield lambda: kinds.get(services.BUILD).work(5.0)


def item() -> WorkItem:
    return WorkItem.objects.get(kind=services.BUILD)


def tables(workspace: Workspace) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [workspace.schema_name])
        return {row[0] for row in cursor.fetchall()}


def test_a_name_is_enough_and_the_workspace_becomes_ready(
    browser: Client, luna: User, worker: Callable[[], int]
) -> None:
    answer = browser.post("/start/", {"name": " Luna's Bäckerei "})
    assert (answer.status_code, answer["Location"]) == (302, "/w/lunas-backerei/")
    workspace = Workspace.objects.get(slug="lunas-backerei")
    assert (workspace.name, workspace.state, workspace.progress) == ("Luna's Bäckerei", "setting_up", 0)
    assert list(workspace.memberships.values_list("user", "role")) == [(luna.pk, "owner")]
    assert (item().workspace_id, tables(workspace)) == (workspace.pk, set())
    waiting = browser.get("/w/lunas-backerei/leads/")
    assert (waiting.status_code, "is being set up" in waiting.content.decode()) == (200, True)
    assert browser.get("/start/lunas-backerei/progress/").json() == {
        "state": "setting_up",
        "percent": 0,
        "step": "Waiting for its turn",
        "problem": False,
    }
    assert worker() == 1
    workspace.refresh_from_db()
    assert (workspace.state, workspace.progress, workspace.step, workspace.problem) == ("ready", 100, "", "")
    assert item().due_at is None
    assert browser.get("/start/lunas-backerei/progress/").json()["state"] == "ready"
    assert browser.get("/w/lunas-backerei/").status_code == 200
    with tenants.enter(workspace):
        assert create_bot("Ada", business="Luna").pk == 1


def test_it_has_the_tables_that_one_made_by_a_command_has(
    luna: User, worker: Callable[[], int], workspace: Workspace
) -> None:
    with tenants.enter(None):
        made = start_workspace(luna, name="Luna Bakery")
        worker()
        assert tables(made) == tables(workspace) != set()


def test_percent_only_grows_and_names_what_is_made(luna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = start_workspace(luna, name="Luna Bakery")
    seen: list[tuple[int, str]] = []
    building.build(workspace, lambda percent, step: seen.append((percent, step)))
    percents = [percent for percent, _ in seen]
    assert (percents, percents[0], percents[-1] > 90) == (sorted(percents), building.SCHEMA_STANDS, True)
    assert {"bots", "conversations", "knowledge"} <= {step for _, step in seen}


class Killed(BaseException):
    """The end of a process: nothing in it may catch this."""


def test_a_build_that_was_killed_half_way_is_finished_by_the_next(
    luna: User, worker: Callable[[], int], monkeypatch: pytest.MonkeyPatch, workspace: Workspace
) -> None:
    with tenants.enter(None):
        made = start_workspace(luna, name="Luna Bakery")
        renew, calls = claims.renew, []

        def dies(claim: claims.Claim, seconds: float) -> bool:
            calls.append(claim)
            if len(calls) == 40:
                raise Killed
            return renew(claim, seconds)

        monkeypatch.setattr(claims, "renew", dies)
        with pytest.raises(Killed):
            worker()
        assert 0 < len(tables(made)) < len(tables(workspace))
        made.refresh_from_db()
        assert (made.state, 0 < made.progress < 100) == ("setting_up", True)
        assert worker() == 0  # the lease of the dead one still holds
        WorkItem.objects.filter(pk=item().pk).update(lease_until=None)
        assert worker() == 1
        made.refresh_from_db()
        assert (made.state, tables(made)) == ("ready", tables(workspace))


def test_a_failure_is_shown_with_another_try_that_works(
    browser: Client, luna: User, worker: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = start_workspace(luna, name="Luna Bakery")
    with monkeypatch.context() as broken:
        broken.setattr(building, "_migrate", lambda *_: 1 / 0)
        assert worker() == 1
    made.refresh_from_db()
    assert (made.state, made.problem) == ("setting_up", "ZeroDivisionError")
    page = browser.get("/w/luna-bakery/").content.decode()
    assert ['action="/start/luna-bakery/again/"' in page, "ZeroDivisionError" in page] == [True, False]
    assert browser.get("/start/luna-bakery/progress/").json()["problem"] is True
    WorkItem.objects.filter(pk=item().pk).update(due_at=None, quarantined_at=item().due_at, attempts=5)
    assert browser.post("/start/luna-bakery/again/")["Location"] == "/w/luna-bakery/"
    assert (item().quarantined_at, item().attempts) == (None, 0)
    assert worker() == 1
    made.refresh_from_db()
    assert (made.state, made.problem) == ("ready", "")


def test_who_lost_the_lease_stops_and_says_nothing_of_a_problem(
    luna: User, worker: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = start_workspace(luna, name="Luna Bakery")
    monkeypatch.setattr(claims, "renew", lambda *_: False)
    worker()
    made.refresh_from_db()
    assert (made.state, made.problem, item().due_at is None) == ("setting_up", "", False)


def test_a_suspended_workspace_is_not_built(luna: User, worker: Callable[[], int]) -> None:
    made = start_workspace(luna, name="Luna Bakery")
    Workspace.objects.filter(pk=made.pk).update(state=Workspace.State.SUSPENDED)
    worker()
    made.refresh_from_db()
    assert (made.state, tables(made), item().due_at is None) == ("suspended", set(), False)


def test_building_what_is_built_changes_nothing(workspace: Workspace) -> None:
    before = tables(workspace)
    with tenants.enter(None):
        building.build(workspace, lambda *_: None)
    workspace.refresh_from_db()
    assert (workspace.state, tables(workspace)) == ("ready", before)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "  "}, "This field is required"),
        ({"name": "x" * 121}, "at most 120 characters"),
        ({"name": "Luna", "slug": "admin"}, "is reserved"),
        ({"name": "Luna", "slug": "acme"}, "already exists"),
        ({"name": "Luna", "slug": "../etc"}, "cannot be a workspace"),
        ({"name": "Luna", "slug": "luna bakery"}, "cannot be a workspace"),
        ({"name": "Luna", "slug": "x" * 41}, "at most 40 characters"),
        ({"name": "Lu\x00na"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    browser: Client, workspace: Workspace, other: Workspace, fields: dict[str, str], words: str
) -> None:
    with tenants.enter(None):
        answer = browser.post("/start/", fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert (Workspace.objects.count(), Membership.objects.count(), WorkItem.objects.count()) == (2, 0, 0)


def test_two_businesses_of_one_name_get_two_addresses(luna: User) -> None:
    elsewhere = User.objects.create_user("other@example.org")
    slugs = [start_workspace(owner, name="Luna Bakery").slug for owner in (luna, elsewhere)]
    assert slugs == ["luna-bakery", "luna-bakery-2"]


def test_pressing_twice_makes_one(browser: Client) -> None:
    there = {browser.post("/start/", {"name": "Luna Bakery"})["Location"] for _ in range(2)}
    assert (there, Workspace.objects.filter(name="Luna Bakery").count()) == ({"/w/luna-bakery/"}, 1)


def test_nobody_owns_more_than_there_can_be(luna: User) -> None:
    for number in range(MOST_OWNED):
        add_member(Workspace.objects.create(name=f"B{number}", slug=f"b{number}"), email=luna.email, role=Role.OWNER)
    with pytest.raises(ValidationError, match="the most there can be"):
        start_workspace(luna, name="One more")
    assert not Workspace.objects.filter(name="One more").exists()


def test_the_address_goes_with_the_row_or_not_at_all(luna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "make_due", lambda *_, **__: 1 / 0)
    before = Workspace.objects.count()
    with pytest.raises(ZeroDivisionError):
        start_workspace(luna, name="Luna Bakery")
    assert (Workspace.objects.count(), Membership.objects.count(), WorkItem.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize("role", [Role.VENDOR, Role.VIEWER, Role.EDITOR, Role.SUPERVISOR])
def test_another_try_is_for_who_manages_it(luna: User, client_for: ClientFor, role: Role) -> None:
    made = start_workspace(luna, name="Luna Bakery")
    WorkItem.objects.update(due_at=None)
    helper = add_member(made, email="helper@example.org", role=role)
    assert client_for(None, user=helper.user).post("/start/luna-bakery/again/").status_code == 403
    assert item().due_at is None


def test_strangers_learn_nothing_of_a_workspace_that_is_being_set_up(luna: User, client_for: ClientFor) -> None:
    start_workspace(luna, name="Luna Bakery")
    stranger = client_for(None)
    there = ("/w/luna-bakery/", "/start/luna-bakery/progress/", "/w/nowhere/", "/start/nowhere/progress/")
    assert [stranger.get(path).status_code for path in there] == [404] * 4
    assert stranger.post("/start/luna-bakery/again/").status_code == 404


def test_a_form_without_its_token_makes_nothing(luna: User, settings: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(luna, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert strict.post("/start/", {"name": "Luna Bakery"}).status_code == 403
    assert not Workspace.objects.filter(name="Luna Bakery").exists()
