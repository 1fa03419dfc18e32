"""The list of one's workspaces: one's own, and only those."""

from collections.abc import Callable

from django.test import Client

from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.tenants.models import Workspace

Member = Callable[..., Membership]
ClientFor = Callable[..., Client]


def test_who_is_in_one_workspace_goes_straight_there(member: Member, client_for: ClientFor) -> None:
    vera = member(Role.VENDOR)
    assert client_for(None, user=vera.user).get("/workspaces/")["Location"] == "/w/acme/"


def test_who_is_in_several_chooses(member: Member, other: Workspace, client_for: ClientFor) -> None:
    vera = member(Role.VENDOR)
    add_member(other, email=vera.user.email, role=Role.OWNER)
    page = client_for(None, user=vera.user).get("/workspaces/")
    assert page.status_code == 200
    assert [name in page.content.decode() for name in ("Acme Cycles", "Other Bakery")] == [True, True]
    assert [address in page.content.decode() for address in ('href="/w/acme/"', 'href="/w/other/"')] == [True, True]


def test_who_is_in_one_sees_the_list_when_asking_for_it(member: Member, client_for: ClientFor) -> None:
    page = client_for(None, user=member(Role.VENDOR).user).get("/workspaces/?all")
    assert page.status_code == 200
    assert ['href="/w/acme/"' in page.content.decode(), 'href="/start/"' in page.content.decode()] == [True, True]


def test_who_is_in_none_starts_one(workspace: Workspace, other: Workspace, client_for: ClientFor) -> None:
    browser = client_for(None)
    for address in ("/workspaces/", "/workspaces/?all"):
        assert browser.get(address)["Location"] == "/start/"
    assert "Acme" not in browser.get("/start/").content.decode()


def test_nobody_is_asked_to_sign_in(workspace: Workspace) -> None:
    assert Client().get("/workspaces/")["Location"] == "/accounts/login/?next=/workspaces/"
