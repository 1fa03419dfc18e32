"""People for staff: found, read, switched off at once, let in again, signed out."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client

from apps import tenants
from apps.accounts.api_keys import create_key, key_of
from apps.accounts.models import User
from apps.handoff.services import take
from apps.staff.models import Look
from tests.security.conftest import Furniture, again
from tests.staff.test_door import by_code

SignIn = Callable[[User], Client]
LIST = "/admin/accounts/user/"


def emails(client: Client, query: str = "") -> list[str]:
    return [row.email for row in client.get(f"{LIST}?{query}").context["cl"].result_list]


def logged() -> list[str]:
    return list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))


@pytest.fixture
def owner(acme: Furniture) -> User:
    return acme.business.owner.user


def test_people_are_found_by_address_name_and_kind(owner: User, acme: Furniture, staff: Client) -> None:
    User.objects.create_user("lonely@example.org", name="Lonely Planet", is_active=False)
    assert emails(staff, f"q={owner.email}") == [acme.colleague.user.email, owner.email]  # the canary is in both
    assert emails(staff, "q=lonely+planet") == ["lonely@example.org"]
    assert emails(staff, "kind=off") == emails(staff, "kind=nowhere&q=lonely") == ["lonely@example.org"]
    assert emails(staff, "kind=staff") == ["sam@leadline.example"]
    assert "lonely@example.org" not in emails(staff, "kind=on")


def test_a_persons_page_shows_where_they_belong_and_is_noted(owner: User, staff: Client) -> None:
    by_code(owner.email).get("/w/acme/", headers={"user-agent": "Firefox 150"})
    shown = staff.get(f"{LIST}{owner.pk}/").content.decode()
    for words in ("Acme Cycles", "Owner", "127.0.0.1", f"{owner.email} (verified)"):
        assert words in shown
    look = Look.objects.get()
    assert (look.what, look.subject, look.person) == (
        "person",
        owner.email,
        User.objects.get(email="sam@leadline.example"),
    )


def test_who_is_switched_off_is_out_of_every_browser_at_once(owner: User, acme: Furniture, staff: Client) -> None:
    browsers = [by_code(owner.email), by_code(owner.email)]
    assert [again(one).get("/w/acme/").status_code for one in browsers] == [200, 200]
    sessions = set(UserSession.objects.filter(user=owner).values_list("session_key", flat=True))
    token = create_key(acme.business.workspace, name="CRM", scopes=["bots:read"], maker=owner)[1]
    assert key_of(token) is not None
    answer = staff.post(f"{LIST}{owner.pk}/deny/", {"why": "Left"})
    assert answer["Location"] == f"{LIST}{owner.pk}/"
    assert [again(one).get("/w/acme/").status_code for one in browsers] == [302, 302]
    assert (len(sessions), Session.objects.filter(session_key__in=sessions).count()) == (2, 0)
    assert key_of(token) is None
    assert by_code(owner.email).get("/workspaces/")["Location"].startswith("/accounts/login/")
    assert logged() == ["Switched off: Left"]


def test_their_customers_wait_for_others(acme: Furniture, staff: Client) -> None:
    vendor = acme.colleague.user
    with tenants.enter(acme.business.workspace):
        take(acme.conversation, user=vendor)
        acme.handoff.refresh_from_db()
        assert (acme.handoff.state, acme.handoff.user_id) == ("assigned", vendor.pk)
    staff.post(f"{LIST}{vendor.pk}/deny/")
    with tenants.enter(acme.business.workspace):
        acme.handoff.refresh_from_db()
        acme.conversation.refresh_from_db()
    assert (acme.handoff.state, acme.handoff.user_id, acme.conversation.vendor_id) == ("pending", None, None)


def test_their_open_pages_look_at_once(
    owner: User, acme: Furniture, staff: Client, pushed: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        staff.post(f"{LIST}{owner.pk}/deny/")
    assert ([f"person.{owner.pk}"], {"type": "look"}) in pushed


def test_who_is_let_in_again_comes_back_with_what_they_had(owner: User, staff: Client) -> None:
    staff.post(f"{LIST}{owner.pk}/deny/")
    staff.post(f"{LIST}{owner.pk}/let-in/")
    assert by_code(owner.email).get("/w/acme/").status_code == 200
    assert logged() == ["Switched off", "Let in again"]


def test_signing_out_ends_the_sessions_and_nothing_else(owner: User, staff: Client) -> None:
    browser = by_code(owner.email)
    staff.post(f"{LIST}{owner.pk}/sign-out/")
    assert again(browser).get("/w/acme/").status_code == 302
    assert by_code(owner.email).get("/w/acme/").status_code == 200
    assert logged() == ["Signed out of 1 browsers"]


def test_nobody_switches_themselves_off(staff: Client, staff_person: User) -> None:
    answer = staff.post(f"{LIST}{staff_person.pk}/deny/", follow=True)
    assert "You cannot switch yourself off." in answer.content.decode()
    staff_person.refresh_from_db()
    assert (staff_person.is_active, logged()) == (True, [])


@pytest.mark.parametrize(
    ("active", "act", "says"), [(False, "deny", "off already"), (True, "let-in", "not switched off")]
)
def test_what_is_so_already_is_said(owner: User, staff: Client, active: bool, act: str, says: str) -> None:
    User.objects.filter(pk=owner.pk).update(is_active=active)
    assert says in staff.post(f"{LIST}{owner.pk}/{act}/", follow=True).content.decode()
    assert logged() == []


def test_nobody_becomes_staff_through_the_admin(owner: User, staff: Client) -> None:
    for path in ("", f"{owner.pk}/", f"{owner.pk}/let-in/", f"{owner.pk}/change/"):
        staff.post(f"{LIST}{path}", {"is_staff": "on", "is_superuser": "on", "email": "evil@example.org", "why": ""})
    owner.refresh_from_db()
    assert (owner.is_staff, owner.is_superuser) == (False, False)
    assert not User.objects.filter(email="evil@example.org").exists()
