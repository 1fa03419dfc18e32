"""Who sees which conversation, and what those who may not see or do are told."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.conversations.models import Conversation, Message
from apps.handoff.models import Handoff
from apps.leads.models import Lead
from apps.leads.services import lead_of
from apps.tenants.models import Workspace
from tests.panel.cast import BASE, address, as_htmx

Make = Callable[..., Conversation]
Browser = Callable[..., Client]

COMMANDS = ["reply/", "take/", "resolve/", "ai/", "seen/"]
FRAGMENTS = ["", "fragments/thread/", "fragments/lead/"]


@pytest.fixture
def vendor(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR, "vera@example.org")


@pytest.fixture
def colleague(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR, "carl@example.org")


def test_nobody_is_sent_to_the_login_and_back(workspace: Workspace, make_conversation: Make) -> None:
    place = address(make_conversation())
    answer = Client().get(place)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={place.replace('/', '%2F')}")


@pytest.mark.parametrize("rest", ["/", "/waiting/", "/leads/", "/changes/?since=2026-01-01T00:00:00Z"])
def test_a_stranger_finds_no_panel(client_for: Browser, rest: str) -> None:
    assert client_for(None).get(f"{BASE}{rest}").status_code == 404


def test_a_member_of_another_workspace_finds_no_conversation(
    client_for: Browser, make_conversation: Make, other: Workspace
) -> None:
    neighbour = add_member(other, email="neighbour@example.org", role=Role.OWNER)
    browser = client_for(None, user=neighbour.user)
    conversation = make_conversation()
    assert [browser.get(address(conversation, rest)).status_code for rest in FRAGMENTS] == [404, 404, 404]
    assert browser.get(f"/w/{other.slug}/c/{conversation.pk}/").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role != Role.VENDOR])
def test_everybody_but_vendors_sees_a_colleagues_conversation(
    client_for: Browser, make_conversation: Make, colleague: Membership, role: Role
) -> None:
    conversation = make_conversation()
    Conversation.objects.update(vendor=colleague.user)
    browser = client_for(role)
    assert [browser.get(address(conversation, rest)).status_code for rest in FRAGMENTS] == [200, 200, 200]
    assert "Maya Lind" in browser.get(f"{BASE}/").content.decode()


def test_a_vendor_sees_their_own_and_what_nobody_has(
    client_for: Browser, make_conversation: Make, vendor: Membership, colleague: Membership
) -> None:
    mine = make_conversation(phone="447700900101", name="Mine Alone")
    nobodys = make_conversation(phone="447700900102", name="Free Forall")
    theirs = make_conversation(phone="447700900103", name="Theirs Only")
    Conversation.objects.filter(pk=mine.pk).update(vendor=vendor.user)
    Conversation.objects.filter(pk=theirs.pk).update(vendor=colleague.user)
    browser = client_for(None, user=vendor.user)
    page = browser.get(f"{BASE}/").content.decode()
    assert ["Mine Alone" in page, "Free Forall" in page, "Theirs Only" in page] == [True, True, False]
    assert [browser.get(address(one)).status_code for one in (mine, nobodys, theirs)] == [200, 200, 404]


def test_a_vendor_cannot_touch_a_colleagues_conversation(
    client_for: Browser, make_conversation: Make, vendor: Membership, colleague: Membership
) -> None:
    conversation = make_conversation()
    lead = lead_of(conversation.contact, conversation.inbox.bot)
    message = Message.objects.create(
        conversation=conversation, inbox=conversation.inbox, direction="out", author="bot", state="failed", text="x"
    )
    Conversation.objects.update(vendor=colleague.user)
    before = list(Conversation.objects.values()), list(Message.objects.values()), list(Lead.objects.values())
    browser = client_for(None, user=vendor.user)
    places = [
        address(conversation, rest)
        for rest in (*COMMANDS, *(f"messages/{message.pk}/{do}/" for do in ("retry", "arrived")))
    ]
    places += [f"{BASE}/leads/{lead.pk}/stage/", f"{BASE}/leads/{lead.pk}/assign/"]
    said = {"text": "Hello", "key": "7b1f0c0e-6ad0-4c7e-9b0e-3a52c6fd0001", "on": "0", "stage": "won"}
    assert {browser.post(place, said).status_code for place in places} == {404}
    assert (list(Conversation.objects.values()), list(Message.objects.values()), list(Lead.objects.values())) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_who_only_reads_is_refused_every_command(client_for: Browser, make_conversation: Make, role: Role) -> None:
    conversation = make_conversation()
    lead = lead_of(conversation.contact, conversation.inbox.bot)
    before = list(Conversation.objects.values()), list(Lead.objects.values()), Message.objects.count()
    browser = client_for(role)
    places = [address(conversation, rest) for rest in COMMANDS]
    places += [f"{BASE}/leads/{lead.pk}/stage/", f"{BASE}/leads/{lead.pk}/assign/"]
    said = {"text": "Hello", "key": "7b1f0c0e-6ad0-4c7e-9b0e-3a52c6fd0002", "on": "0", "stage": "won"}
    assert {browser.post(place, said).status_code for place in places} == {403}
    fragment = browser.post(places[0], said, headers=as_htmx())
    assert (fragment.status_code, fragment["HX-Retarget"]) == (403, "#notice")
    assert "does not allow this" in fragment.content.decode()
    assert (list(Conversation.objects.values()), list(Lead.objects.values()), Message.objects.count()) == before


def test_a_viewer_reads_and_has_no_reply_box(client_for: Browser, make_conversation: Make) -> None:
    page = client_for(Role.VIEWER).get(address(make_conversation("Is the blue one in stock?"))).content.decode()
    assert "Is the blue one in stock?" in page
    assert "<textarea" not in page and "/take/" not in page and "/ai/" not in page
    assert "Your role reads conversations but does not answer them." in page


@pytest.mark.parametrize("rest", COMMANDS)
def test_a_command_is_never_a_get(client_for: Browser, make_conversation: Make, rest: str) -> None:
    assert client_for(Role.OWNER).get(address(make_conversation(), rest)).status_code == 405


def test_a_command_without_the_csrf_token_is_refused(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    browser = client_for(Role.OWNER)
    browser.handler.enforce_csrf_checks = True
    assert browser.post(address(conversation, "take/")).status_code == 403
    assert Conversation.objects.get().ai_on


def test_pages_with_peoples_words_are_never_cached(client_for: Browser, make_conversation: Make) -> None:
    answer: Any = client_for(Role.OWNER).get(address(make_conversation()))
    assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"]


def test_a_suspended_user_is_let_in_nowhere(client_for: Browser, member: Any, make_conversation: Make) -> None:
    membership = member(Role.OWNER)
    browser = client_for(None, user=membership.user)
    membership.user.is_active = False
    membership.user.save()
    assert browser.get(address(make_conversation())).status_code == 302
    assert Handoff.objects.count() == 0
