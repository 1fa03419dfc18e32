"""S41: an invitation is for one address, one role, one time, and seven days."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.inviting import Invited, invite, revoke
from apps.accounts.models import Invitation, Membership, Role, User
from apps.accounts.services import add_member, confirm_address
from apps.tenants.models import Workspace
from tests.security.conftest import Furniture, again, words_of

Browser = Callable[[str | User], Client]


@pytest.fixture
def guest() -> User:
    user = User.objects.create_user("guest@example.org")
    confirm_address(user, "guest@example.org")
    return user


@pytest.fixture
def invited(acme: Furniture) -> Invited:
    return invite(acme.business.owner, emails=["guest@example.org"], role=Role.VENDOR)[0]


def path_of(invited: Invited) -> str:
    return f"/invitations/{invited.token}/"


def is_member(user: User) -> bool:
    return Membership.objects.filter(user=user).exists()


def test_a_link_works_once(browser: Browser, invited: Invited, guest: User) -> None:
    client = browser(guest)
    assert client.post(path_of(invited)).status_code == 302
    Membership.objects.filter(user=guest).delete()
    for answer in (client.post(path_of(invited)), client.get(path_of(invited))):
        assert answer.status_code == 404 and "This invitation has been used" in words_of(answer)
    assert not is_member(guest)


def test_a_link_is_bound_to_its_address(browser: Browser, invited: Invited) -> None:
    mallory = User.objects.create_user("mallory@example.org")
    confirm_address(mallory, "mallory@example.org")
    client = browser(mallory)
    for answer in (client.post(path_of(invited)), client.post(f"/invitations/{invited.invitation.pk}/accept/")):
        assert answer.status_code == 404
    assert not is_member(mallory)
    assert Invitation.objects.get(pk=invited.invitation.pk).accepted_at is None


def test_an_address_that_was_only_claimed_is_not_enough(browser: Browser, invited: Invited) -> None:
    """The user row says so, but nobody has typed a code that was sent there."""
    claimed = User.objects.create_user("guest@example.org")
    assert browser(claimed).post(path_of(invited)).status_code == 404
    assert not is_member(claimed)


def test_the_numbered_door_says_nothing_of_other_peoples_invitations(
    acme: Furniture, browser: Browser, invited: Invited, guest: User
) -> None:
    client = browser("stranger")
    theirs = client.post(f"/invitations/{invited.invitation.pk}/accept/")
    none = client.post("/invitations/999999/accept/")
    assert (theirs.status_code, none.status_code) == (404, 404)
    for one in (theirs, none):
        del one.headers["Expires"]  # the second in which it was asked
    texts = [[line for line in words_of(one).split("\n") if "csrf" not in line] for one in (theirs, none)]
    assert texts[0] == texts[1]


def test_one_that_ran_out_is_refused(browser: Browser, invited: Invited, guest: User) -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answer = browser(guest).post(path_of(invited))
    assert answer.status_code == 404 and "This invitation has run out" in words_of(answer)
    assert not is_member(guest)


def test_one_that_was_revoked_is_refused(acme: Furniture, browser: Browser, invited: Invited, guest: User) -> None:
    revoke(invited.invitation, by=acme.business.owner)
    answer = browser(guest).post(path_of(invited))
    assert answer.status_code == 404 and "This invitation was taken back" in words_of(answer)
    assert not is_member(guest)


def test_one_whose_sender_was_deactivated_is_refused(
    acme: Furniture, browser: Browser, invited: Invited, guest: User
) -> None:
    Membership.objects.filter(pk=acme.business.owner.pk).update(deactivated_at=timezone.now())
    answer = browser(guest).post(path_of(invited))
    assert answer.status_code == 404 and "does not count any more" in words_of(answer)
    assert not is_member(guest)


def test_one_to_a_suspended_workspace_is_as_unknown_as_an_invented_one(
    browser: Browser, invited: Invited, guest: User
) -> None:
    Workspace.objects.filter(slug="acme").update(state=Workspace.State.SUSPENDED)
    answer = browser(guest).post(path_of(invited))
    assert answer.status_code == 404 and "This invitation is not known" in words_of(answer)
    assert "Acme" not in answer.content.decode()
    assert not is_member(guest)


@pytest.mark.parametrize("token", ["x", "0" * 43, "a%00b", "%F0%9F%98%80", "x" * 5000, "..%2f", "'--"])
@pytest.mark.parametrize("who", ["nobody", "stranger"])
def test_an_invented_link_is_refused_alike(acme: Furniture, browser: Browser, token: str, who: str) -> None:
    client = browser(who)
    assert [again(client).get(f"/invitations/{token}/").status_code for _ in range(1)] == [404]
    assert again(client).post(f"/invitations/{token}/").status_code == 404


def test_an_invitation_does_not_undo_a_deactivation(
    acme: Furniture, browser: Browser, invited: Invited, guest: User
) -> None:
    gone = add_member(acme.business.workspace, email=guest.email, role=Role.VIEWER)
    Membership.objects.filter(pk=gone.pk).update(deactivated_at=timezone.now())
    answer = browser(guest).post(path_of(invited))
    assert answer.status_code == 404 and "Access denied" in words_of(answer)
    gone.refresh_from_db()
    assert (gone.role, gone.active) == ("viewer", False)


def test_a_role_in_the_body_is_not_read(browser: Browser, invited: Invited, guest: User, theirs: Furniture) -> None:
    body = {
        **{"role": "owner", "email": "guest@example.org", "user": str(guest.pk), "is_staff": "1"},
        **{"workspace": str(theirs.business.workspace.pk), "workspace_id": str(theirs.business.workspace.pk)},
    }
    assert browser(guest).post(f"{path_of(invited)}?role=owner", body).status_code == 302
    mine = Membership.objects.get(user=guest)
    assert (mine.role, mine.workspace.slug, User.objects.get(pk=guest.pk).is_staff) == ("vendor", "acme", False)


@pytest.mark.parametrize("role", ["editor", "supervisor", "vendor", "viewer", "stranger", "nobody"])
def test_only_managers_invite_send_again_and_revoke(acme: Furniture, browser: Browser, role: str) -> None:
    before, client = list(Invitation.objects.values()), browser(role)
    refused = {"stranger": 404, "nobody": 302}.get(role, 403)
    number = acme.invitation.pk
    for path in ("invite/", f"invitations/{number}/resend/", f"invitations/{number}/revoke/"):
        data = {"emails": "new@example.org", "role": "admin"}
        assert again(client).post(f"/w/acme/team/{path}", data).status_code == refused
    assert list(Invitation.objects.values()) == before


def test_another_workspaces_invitation_is_not_found(acme: Furniture, theirs: Furniture, browser: Browser) -> None:
    before, client = list(Invitation.objects.values()), browser("owner")
    for act in ("resend", "revoke"):
        assert client.post(f"/w/acme/team/invitations/{theirs.invitation.pk}/{act}/").status_code == 404
    assert list(Invitation.objects.values()) == before


def test_a_manager_demoted_meanwhile_invites_nobody(acme: Furniture) -> None:
    """Their page was loaded, and their request passed the door, before they were demoted."""
    admin = add_member(acme.business.workspace, email="admin@example.org", role=Role.ADMIN)
    Membership.objects.filter(pk=admin.pk).update(role=Role.VENDOR)
    with pytest.raises(Exception, match="You may not change the team any more"):
        invite(admin, emails=["guest@example.org"], role=Role.ADMIN)
    assert not Invitation.objects.filter(email="guest@example.org").exists()


def test_the_link_is_in_no_log(
    acme: Furniture, browser: Browser, guest: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    invited = invite(acme.business.owner, emails=["guest@example.org"], role=Role.VENDOR)[0]
    browser("stranger").post(path_of(invited))  # refused, and open still
    browser(guest).post(path_of(invited))
    assert is_member(guest)
    assert invited.token not in caplog.text and "guest@example.org" not in caplog.text
    assert invited.token not in repr(invited)
