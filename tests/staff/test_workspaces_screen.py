"""Workspaces for staff: found, read, suspended and opened again; what suspension means for everybody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps import tenants
from apps.accounts.models import Role, User
from apps.accounts.services import add_member
from apps.ingest import tasks
from apps.ingest.models import Delivery, Quarantined
from apps.staff.models import Look
from apps.tenants.models import Workspace
from apps.tenants.services import reserve_workspace
from apps.work import claims
from apps.work.models import ASLEEP, WorkItem
from apps.work.runner import How, run_item
from tests.payloads import envelope, text
from tests.security.conftest import Furniture, again

SignIn = Callable[[User], Client]
LIST = "/admin/tenants/workspace/"


def names(client: Client, query: str = "") -> list[str]:
    """The workspaces of the list, in its order."""
    return [row.name for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


def page(workspace: Workspace, act: str = "") -> str:
    return f"{LIST}{workspace.pk}/{act}"


def logged() -> list[tuple[str, str]]:
    return list(LogEntry.objects.order_by("pk").values_list("object_repr", "change_message"))


def test_the_list_is_searched_by_name_address_schema_and_member(
    acme: Furniture, other: Workspace, staff: Client
) -> None:
    workspace = acme.business.workspace
    for query in ("q=acme", "q=Acme+Cycles", f"q={workspace.schema_name}", f"q={acme.business.owner.user.email}"):
        assert names(staff, query) == ["Acme Cycles"], query
    assert names(staff, "q=nobody-has-this") == []
    assert sorted(names(staff)) == ["Acme Cycles", "Other Bakery"]


def test_the_list_says_state_people_and_activity(acme: Furniture, other: Workspace, staff: Client) -> None:
    Workspace.objects.filter(pk=other.pk).update(state="suspended")
    assert names(staff, "state=suspended") == ["Other Bakery"]
    assert names(staff, "state=ready") == ["Acme Cycles"]
    assert names(staff, "state=nonsense") == names(staff)
    row = next(row for row in staff.get(LIST).context["cl"].result_list if row.pk == acme.business.workspace.pk)
    assert row.member_count == 2


def test_somebody_who_opens_a_page_or_writes_is_activity(acme: Furniture, sign_in_as: SignIn) -> None:
    Workspace.objects.update(active_at=None)
    sign_in_as(acme.business.owner.user).get("/w/acme/")
    active = Workspace.objects.get(slug="acme").active_at
    assert active is not None
    sign_in_as(acme.business.owner.user).get("/w/acme/")
    assert Workspace.objects.get(slug="acme").active_at == active  # at most every ten minutes
    Workspace.objects.update(active_at=None)
    body = envelope(text("Hello", phone="447700900111", number=acme.business.number))
    Delivery.objects.create(hook=acme.business.hook, body=body, headers={})
    tasks.work(5.0)
    assert Workspace.objects.get(slug="acme").active_at is not None
    assert Workspace.objects.get(slug="other").active_at is None


def test_its_page_shows_who_is_in_it_and_what_is_connected_and_is_noted(acme: Furniture, staff: Client) -> None:
    shown = staff.get(page(acme.business.workspace)).content.decode()
    business = acme.business
    for words in (
        business.owner.user.email,
        f"Line of {business.canary}",
        business.number,
        "Vendor",
        acme.api_key.shown,
    ):
        assert words in shown
    look = Look.objects.get()
    assert (look.email, look.what, look.workspace) == ("sam@leadline.example", "workspace", business.workspace)


def test_a_page_that_is_not_there_is_not_found_and_not_noted(acme: Furniture, staff: Client) -> None:
    for path in ("999999/", "99999999999999999999/", "x/", f"{acme.business.workspace.pk}/delete/", "add/"):
        assert staff.get(f"{LIST}{path}").status_code == 404
    assert Look.objects.count() == 0


def test_one_without_tables_yet_is_shown_without_asking_them(db: None, staff: Client) -> None:
    workspace = reserve_workspace("Corner Shop", slug="corner")
    shown = staff.get(page(workspace)).content.decode()
    assert "Corner Shop" in shown and "Setting up" in shown and "Inboxes" not in shown


def test_suspending_asks_first_and_looking_at_the_question_does_nothing(acme: Furniture, staff: Client) -> None:
    answer = staff.get(page(acme.business.workspace, "suspend/"))
    assert "Suspend this workspace?" in answer.content.decode()
    assert (Workspace.objects.get(slug="acme").state, logged()) == ("ready", [])


def test_a_suspended_workspace_is_shut_to_everybody_at_once(
    acme: Furniture, other: Workspace, staff: Client, sign_in_as: SignIn
) -> None:
    owner = sign_in_as(acme.business.owner.user)
    assert owner.get("/w/acme/").status_code == 200
    answer = staff.post(page(acme.business.workspace, "suspend/"), {"why": "Asked for by its owner"})
    assert answer["Location"] == page(acme.business.workspace)
    assert Workspace.objects.get(slug="acme").state == "suspended"
    assert again(owner).get("/w/acme/").status_code == 404
    body = envelope(text("Hello?", phone="447700900111", number=acme.business.number))
    delivery = Delivery.objects.create(hook=acme.business.hook, body=body, headers={})
    tasks.work(5.0)
    aside = Quarantined.objects.get(delivery=delivery)
    assert (aside.why, aside.detail) == ("unknown_route", "The workspace is suspended.")
    assert logged() == [("Acme Cycles", "Suspended: Asked for by its owner")]
    assert Workspace.objects.get(slug="other").state == "ready"


def test_the_open_pages_of_its_members_are_told_to_look(
    acme: Furniture, staff: Client, pushed: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(page(acme.business.workspace, "suspend/"))
    people = {acme.business.owner.user_id, acme.colleague.user_id}
    assert {group for groups, payload in pushed if payload == {"type": "look"} for group in groups} == {
        f"person.{user_id}" for user_id in people
    }


def test_reactivating_opens_it_and_what_waited_is_due_at_once(
    acme: Furniture, staff: Client, sign_in_as: SignIn
) -> None:
    workspace = acme.business.workspace
    staff.post(page(workspace, "suspend/"))
    WorkItem.objects.all().delete()
    with tenants.enter(None):
        WorkItem.objects.create(workspace=workspace, kind="knowledge.index", key="1", due_at="2026-01-01T00:00:00Z")
        later = WorkItem.objects.create(workspace=workspace, kind="later", key="2", due_at="2099-01-01T00:00:00Z")
        (claim,) = claims.claim("knowledge.index", lease=60, share=20)
        run_item(claim, lambda claim: pytest.fail("A suspended workspace works."), How(longest=120), "default")
    asleep = WorkItem.objects.get(kind="knowledge.index")
    assert (asleep.error, asleep.due_at > claim.due_at) == (ASLEEP, True)
    staff.post(page(workspace, "reactivate/"))
    assert Workspace.objects.get(slug="acme").state == "ready"
    assert sign_in_as(acme.business.owner.user).get("/w/acme/").status_code == 200
    asleep.refresh_from_db()
    before = later.due_at
    later.refresh_from_db()
    assert (asleep.error, str(later.due_at.date())) == ("", before[:10])
    assert len(claims.claim("knowledge.index", lease=60, share=20)) == 1
    assert [what for _who, what in logged()] == ["Suspended", "Reactivated"]


def test_one_that_was_never_finished_is_set_up_on(db: None, staff: Client) -> None:
    workspace = reserve_workspace("Corner Shop", slug="corner")
    staff.post(page(workspace, "suspend/"))
    staff.post(page(workspace, "reactivate/"))
    workspace.refresh_from_db()
    item = WorkItem.objects.get(workspace=workspace, kind="accounts.build_workspace")
    assert (workspace.state, item.due_at is not None) == ("setting_up", True)


@pytest.mark.parametrize(("state", "act", "says"), [
    ("suspended", "suspend", "suspended already"), ("ready", "reactivate", "not suspended")
])  # fmt: skip
def test_what_is_so_already_is_said_and_nothing_is_written(
    acme: Furniture, staff: Client, state: str, act: str, says: str
) -> None:
    Workspace.objects.filter(slug="acme").update(state=state)
    answer = staff.post(page(acme.business.workspace, f"{act}/"), follow=True)
    assert says in answer.content.decode()
    assert (Workspace.objects.get(slug="acme").state, logged()) == (state, [])


def test_a_reason_that_is_too_long_is_refused_by_the_form(acme: Furniture, staff: Client) -> None:
    answer = staff.post(page(acme.business.workspace, "suspend/"), {"why": "x" * 301})
    assert answer.status_code == 422
    assert (Workspace.objects.get(slug="acme").state, logged()) == ("ready", [])


def test_nobody_else_can_suspend(acme: Furniture, sign_in_as: SignIn) -> None:
    admin = add_member(acme.business.workspace, email="admin@acme.example", role=Role.ADMIN)
    for person in (acme.business.owner.user, admin.user):
        assert sign_in_as(person).post(page(acme.business.workspace, "suspend/")).status_code == 404
    assert (Workspace.objects.get(slug="acme").state, logged()) == ("ready", [])
