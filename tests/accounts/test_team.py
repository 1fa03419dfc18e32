"""The team page: who may change whom, what deactivating takes away, and that there is always an owner."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts import roles, team
from apps.accounts.api_keys import create_key, key_of
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.accounts.templatetags.account_words import seen
from apps.tenants.models import Workspace

Browser = Callable[..., Client]
Member = Callable[..., Membership]
PAGE = "/w/acme/team/"


@pytest.fixture
def owner(member: Member) -> Membership:
    return member(Role.OWNER, "olga@example.org")


@pytest.fixture
def vera(member: Member) -> Membership:
    return member(Role.VENDOR, "vera@example.org")


def role_of(member: Membership) -> tuple[str, bool]:
    now = Membership.objects.get(pk=member.pk)
    return now.role, now.active


# --- the page --------------------------------------------------------------------------------------


def test_the_page_names_everybody_with_role_and_when_they_were_seen(
    client_for: Browser, owner: Membership, vera: Membership
) -> None:
    Membership.objects.filter(pk=vera.pk).update(
        last_seen_at=timezone.now() - timedelta(minutes=5), added_by=owner.user
    )
    page = client_for(None, user=owner.user).get(PAGE)
    assert [(member.user.email, touchable) for member, touchable in page.context["present"]] == [
        ("olga@example.org", False),
        ("vera@example.org", True),
    ]
    text = page.content.decode()
    assert "Last seen: 5 min ago" in text and "Last seen: now" in text
    assert "Invited by olga@example.org" in text


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (None, "never"),
        (timedelta(seconds=90), "now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(days=1, hours=2), "1 day ago"),
        (timedelta(days=6), "6 days ago"),
    ],
)
def test_last_seen_is_said_in_words(ago: timedelta | None, said: str) -> None:
    assert seen(None if ago is None else timezone.now() - ago) == said


def test_a_request_is_noted_at_most_once_a_minute(client_for: Browser, vera: Membership) -> None:
    browser = client_for(None, user=vera.user)
    browser.get("/w/acme/leads/")
    first = Membership.objects.get(pk=vera.pk).last_seen_at
    assert first is not None
    browser.get("/w/acme/leads/")
    assert Membership.objects.get(pk=vera.pk).last_seen_at == first
    Membership.objects.filter(pk=vera.pk).update(last_seen_at=first - timedelta(minutes=2))
    browser.get("/w/acme/leads/")
    noted = Membership.objects.get(pk=vera.pk).last_seen_at
    assert noted is not None and noted >= first


def test_the_table_of_roles_is_the_one_that_decides(client_for: Browser, owner: Membership) -> None:
    assert set(roles.IN_WORDS) == set(roles.CAN)
    table = client_for(None, user=owner.user).get(PAGE).context["table"]
    assert table == [(roles.IN_WORDS[what], [role in roles.CAN[what] for role in Role]) for what in roles.IN_WORDS]


def test_a_supervisor_reads_the_list_and_finds_no_form(client_for: Browser, vera: Membership) -> None:
    page = client_for(Role.SUPERVISOR).get(PAGE)
    assert page.status_code == 200 and "vera@example.org" in page.content.decode()
    assert "/team/invite/" not in page.content.decode() and f"/team/{vera.pk}/" not in page.content.decode()


# --- roles -----------------------------------------------------------------------------------------


def test_a_manager_gives_another_role(client_for: Browser, owner: Membership, vera: Membership) -> None:
    answer = client_for(Role.ADMIN).post(f"{PAGE}{vera.pk}/role/", {"role": "supervisor"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert role_of(vera) == ("supervisor", True)


@pytest.mark.parametrize("role", ["owner", "staff", "", "Vendor"])
def test_a_role_that_cannot_be_given_is_refused(
    client_for: Browser, owner: Membership, vera: Membership, role: str
) -> None:
    answer = client_for(None, user=owner.user).post(f"{PAGE}{vera.pk}/role/", {"role": role})
    assert answer.status_code == 422 and "Choose one of the roles in the list." in answer.content.decode()
    assert role_of(vera) == ("vendor", True)


@pytest.mark.parametrize("act", ["role", "deactivate", "reactivate", "hand-over"])
def test_an_admin_touches_no_owner(client_for: Browser, owner: Membership, act: str) -> None:
    answer = client_for(Role.ADMIN).post(f"{PAGE}{owner.pk}/{act}/", {"role": "viewer"})
    assert answer.status_code == (403 if act == "hand-over" else 422)
    assert role_of(owner) == ("owner", True)


@pytest.mark.parametrize("act", ["role", "deactivate", "hand-over"])
def test_an_owner_touches_no_other_owner_and_not_themselves(
    client_for: Browser, owner: Membership, member: Member, act: str
) -> None:
    second, browser = member(Role.OWNER), client_for(None, user=owner.user)
    for target in (second, owner):
        answer = browser.post(f"{PAGE}{target.pk}/{act}/", {"role": "viewer"})
        if act == "hand-over" and target == second:
            assert answer.status_code == 302  # steps down; the other one is owner already
            Membership.objects.filter(pk=owner.pk).update(role=Role.OWNER)
        else:
            assert answer.status_code == 422
    assert (role_of(owner), role_of(second)) == (("owner", True), ("owner", True))


def test_nobody_raises_themselves(client_for: Browser, member: Member) -> None:
    admin = member(Role.ADMIN)
    answer = client_for(None, user=admin.user).post(f"{PAGE}{admin.pk}/role/", {"role": "owner"})
    assert answer.status_code == 422
    assert role_of(admin) == ("admin", True)


def test_a_member_of_another_workspace_is_not_found(client_for: Browser, other: Workspace) -> None:
    stranger = add_member(other, email="far@example.org", role=Role.VENDOR)
    for act in ("role", "deactivate", "reactivate", "hand-over"):
        assert client_for(Role.OWNER).post(f"{PAGE}{stranger.pk}/{act}/", {"role": "viewer"}).status_code == 404
    assert role_of(stranger) == ("vendor", True)


def test_the_owner_hands_the_workspace_over(client_for: Browser, owner: Membership, vera: Membership) -> None:
    browser = client_for(None, user=owner.user)
    assert "will belong to vera@example.org" in browser.get(f"{PAGE}{vera.pk}/hand-over/").content.decode()
    assert role_of(vera) == ("vendor", True)
    assert browser.post(f"{PAGE}{vera.pk}/hand-over/").status_code == 302
    assert (role_of(owner), role_of(vera)) == (("admin", True), ("owner", True))


def test_it_is_not_handed_to_who_is_deactivated(client_for: Browser, owner: Membership, vera: Membership) -> None:
    team.deactivate(vera, by=owner)
    assert client_for(None, user=owner.user).post(f"{PAGE}{vera.pk}/hand-over/").status_code == 422
    assert (role_of(owner), role_of(vera)) == (("owner", True), ("vendor", False))


# --- deactivating ----------------------------------------------------------------------------------


def test_a_deactivated_member_is_told_so_on_every_page(
    client_for: Browser, owner: Membership, vera: Membership
) -> None:
    hers = client_for(None, user=vera.user)
    assert hers.get("/w/acme/").status_code == 200
    assert client_for(None, user=owner.user).post(f"{PAGE}{vera.pk}/deactivate/").status_code == 302
    for path in ("", "leads/", "team/", "no-such-page/"):
        page = hers.get(f"/w/acme/{path}")
        assert (page.status_code, page["HX-Refresh"]) == (403, "true")
        assert "Access denied: you were deactivated in Acme Cycles" in page.content.decode()
    assert hers.post("/w/acme/leads/1/stage/", {"stage": "won"}).status_code == 403
    sent_on = hers.get("/workspaces/")
    assert (sent_on.status_code, sent_on["Location"]) == (302, "/w/acme/")
    assert "you were deactivated here" in hers.get("/workspaces/?all").content.decode()


def test_a_reactivated_member_is_back_as_what_they_were(
    client_for: Browser, owner: Membership, vera: Membership
) -> None:
    team.deactivate(vera, by=owner)
    assert client_for(None, user=owner.user).post(f"{PAGE}{vera.pk}/reactivate/").status_code == 302
    assert role_of(vera) == ("vendor", True)
    assert client_for(None, user=vera.user).get("/w/acme/").status_code == 200


def test_keys_of_who_is_deactivated_open_nothing(workspace: Workspace, owner: Membership, member: Member) -> None:
    admin = member(Role.ADMIN)
    _key, token = create_key(workspace, name="CRM", scopes=["bots:read"], maker=admin.user)
    assert key_of(token) is not None
    team.deactivate(admin, by=owner)
    assert key_of(token) is None


def test_a_role_in_the_admins_hands_is_not_needed_twice(owner: Membership, vera: Membership) -> None:
    """A second press changes nothing and says nothing wrong."""
    first = team.deactivate(vera, by=owner)
    assert team.deactivate(vera, by=owner).deactivated_at == first.deactivated_at


# --- there is always an owner ----------------------------------------------------------------------


def test_the_only_owner_is_not_made_something_else_by_the_command(workspace: Workspace, owner: Membership) -> None:
    with pytest.raises(Exception, match="olga@example.org is the only owner"):
        add_member(workspace, email="olga@example.org", role=Role.VENDOR)
    assert role_of(owner) == ("owner", True)
    add_member(workspace, email="second@example.org", role=Role.OWNER)
    add_member(workspace, email="olga@example.org", role=Role.VENDOR)
    assert role_of(owner) == ("vendor", True)


def test_adding_somebody_who_was_deactivated_brings_them_back(
    workspace: Workspace, owner: Membership, vera: Membership
) -> None:
    team.deactivate(vera, by=owner)
    add_member(workspace, email="vera@example.org", role=Role.EDITOR)
    assert role_of(vera) == ("editor", True)
