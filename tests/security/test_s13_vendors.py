"""S13: a vendor sees and does nothing with what a colleague has, and loses it when it is given away."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps import tenants
from apps.accounts import team
from apps.accounts.models import Role, User
from apps.accounts.services import add_member
from apps.conversations.models import Conversation
from apps.leads.models import Lead
from apps.live.audience import conversation_audience, groups
from apps.live.consumers import Seat
from tests.furnished import rows
from tests.security.conftest import Furniture, again, words_of
from tests.security.routes import FOR_VENDORS, WORKSPACE, address

Browser = Callable[[str], Client]


@pytest.fixture
def colleague(acme: Furniture) -> User:
    """Another vendor, who has the conversation."""
    user = add_member(acme.business.workspace, email="colleague@example.org", role=Role.VENDOR).user
    give(acme, user)
    return user


def give(acme: Furniture, user: User | None) -> None:
    with tenants.enter(acme.business.workspace):
        Conversation.objects.filter(pk=acme.conversation.pk).update(vendor=user)


def test_a_colleagues_conversation_and_lead_are_not_found(acme: Furniture, colleague: User, browser: Browser) -> None:
    client = browser("vendor")
    before = rows(acme.business.workspace)
    for pattern in FOR_VENDORS:
        path = address("config.urls_workspace", pattern, slug="acme", ids=acme.ids)
        looked = again(client).get(path).status_code
        done = again(client).post(path, dict(WORKSPACE[pattern].data)).status_code
        assert sorted((looked, done)) == [404, 405], pattern
    assert rows(acme.business.workspace) == before


@pytest.mark.parametrize("path", ["", "waiting/", "leads/", "fragments/conversations/", "?q=canary", "?show=unread"])
def test_lists_do_not_name_what_a_colleague_has(acme: Furniture, colleague: User, browser: Browser, path: str) -> None:
    page = browser("vendor").get(f"/w/acme/{path}")
    assert page.status_code == 200
    assert f"Maya {acme.business.canary}" not in words_of(page)


def test_changes_do_not_name_what_a_colleague_has(acme: Furniture, colleague: User, browser: Browser) -> None:
    answer = browser("vendor").get("/w/acme/changes/?since=2026-01-01T00:00:00Z")
    assert answer.json()["conversations"] == []


def test_what_nobody_has_is_seen_and_gone_when_a_colleague_takes_it(acme: Furniture, browser: Browser) -> None:
    client, path = browser("vendor"), f"/w/acme/c/{acme.ids['c']}/"
    assert client.get(path).status_code == 200
    give(acme, add_member(acme.business.workspace, email="colleague@example.org", role=Role.VENDOR).user)
    assert client.get(path).status_code == 404
    assert client.post(f"{path}reply/", dict(WORKSPACE["c/<int:pk>/reply/"].data)).status_code == 404


def test_pushes_about_what_a_colleague_has_are_not_heard(acme: Furniture, colleague: User) -> None:
    """The page of whoever lost a conversation need not be closed: nothing of it reaches their groups any more."""
    schema = acme.business.workspace.schema_name
    told = set(groups(schema, conversation_audience(colleague.pk)))
    assert told.isdisjoint(Seat(schema, colleague.pk + 1, Role.VENDOR).groups)
    assert not told.isdisjoint(Seat(schema, colleague.pk, Role.VENDOR).groups)


def test_setting_up_is_closed_to_vendors(acme: Furniture, browser: Browser) -> None:
    client = browser("vendor")
    before = rows(acme.business.workspace)
    for path in ("bots/", "bots/new/", "inboxes/", "inboxes/connect/", "api-keys/", "team/", "team/invite/"):
        assert (again(client).get(f"/w/acme/{path}").status_code, path) == (403, path)
    assert rows(acme.business.workspace) == before


def test_a_deactivated_vendor_sees_nothing_and_does_nothing(acme: Furniture, browser: Browser) -> None:
    client = browser("vendor")
    assert client.get(f"/w/acme/c/{acme.ids['c']}/").status_code == 200
    vendor = acme.business.workspace.memberships.get(user__email="vendor@acme.example.org")
    team.deactivate(vendor, by=acme.business.owner)
    before = rows(acme.business.workspace)
    for pattern in WORKSPACE:
        path = address("config.urls_workspace", pattern, slug="acme", ids=acme.ids)
        for answer in (again(client).get(path), again(client).post(path, dict(WORKSPACE[pattern].data))):
            assert (answer.status_code, pattern) == (403, pattern)
            assert acme.business.canary not in words_of(answer)
    assert rows(acme.business.workspace) == before


def test_a_vendor_takes_no_lead_from_a_colleague(acme: Furniture, browser: Browser) -> None:
    """Nobody has the conversation, so both see the lead; whose it is stays so, and a supervisor may still change it."""
    colleague, path = acme.colleague.user, f"/w/acme/leads/{acme.ids['leads']}/assign/"
    with tenants.enter(acme.business.workspace):
        Lead.objects.filter(pk=acme.lead.pk).update(vendor=colleague, stage="assigned")
    answer = browser("vendor").post(path, headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert "has this lead. Ask them for it." in answer.content.decode()
    with tenants.enter(acme.business.workspace):
        assert Lead.objects.get(pk=acme.lead.pk).vendor_id == colleague.pk
    supervisor = browser("supervisor")
    assert supervisor.post(path).status_code == 302
    with tenants.enter(acme.business.workspace):
        assert str(Lead.objects.get(pk=acme.lead.pk).vendor_id) == supervisor.session["_auth_user_id"]
