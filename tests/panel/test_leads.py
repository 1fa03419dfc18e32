"""The lead card, the list of leads and the list of who waits."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.conversations.models import Conversation
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, resolve
from apps.leads.models import Lead
from apps.leads.services import lead_of, save_fields
from tests.panel.cast import BASE, address, as_htmx

Make = Callable[..., Conversation]
Browser = Callable[..., Client]


@pytest.fixture
def conversation(make_conversation: Make) -> Conversation:
    return make_conversation()


@pytest.fixture
def lead(conversation: Conversation) -> Lead:
    return lead_of(conversation.contact, conversation.inbox.bot)


@pytest.fixture
def vera(member: Any) -> Membership:
    found: Membership = member(Role.VENDOR, "vera@example.org")
    return found


@pytest.fixture
def browser(client_for: Browser, vera: Membership) -> Client:
    return client_for(None, user=vera.user)


def card(browser: Client, conversation: Conversation) -> str:
    return browser.get(address(conversation, "fragments/lead/"), headers=as_htmx()).content.decode()


def field(page: str, name: str) -> str:
    return page.split(f'id="field-{name}"')[1].split("</div>")[0]


def test_the_card_shows_fields_and_where_they_came_from(
    browser: Client, conversation: Conversation, lead: Lead
) -> None:
    message = conversation.messages.get()
    save_fields(lead, {"email": "maya@example.org"}, message_id=message.pk)
    page = card(browser, conversation)
    assert "+447700900123" in field(page, "phone") and "from the channel" in field(page, "phone")
    assert "maya@example.org" in field(page, "email") and f'href="#m-{message.pk}"' in field(page, "email")
    assert "not known yet" in field(page, "name") and "not known yet" in field(page, "location")


def test_a_card_without_a_lead_makes_none(browser: Client, conversation: Conversation) -> None:
    assert "No lead yet." in card(browser, conversation)
    assert Lead.objects.count() == 0


def test_assigning_to_me_makes_the_lead_mine(browser: Client, lead: Lead, vera: Membership) -> None:
    answer = browser.post(f"{BASE}/leads/{lead.pk}/assign/", headers=as_htmx())
    lead.refresh_from_db()
    assert (answer.status_code, lead.vendor, lead.stage) == (200, vera.user, "assigned")
    assert "Assign to me" not in answer.content.decode()


def test_the_stage_moves_where_it_may(browser: Client, lead: Lead) -> None:
    answer = browser.post(f"{BASE}/leads/{lead.pk}/stage/", {"stage": "won"}, headers=as_htmx())
    lead.refresh_from_db()
    assert (answer.status_code, lead.stage) == (200, "won")
    assert '<option value="won" selected>' in answer.content.decode()


@pytest.mark.parametrize("stage", ["capturing", "sold", ""])
def test_a_stage_that_makes_no_sense_is_refused(browser: Client, lead: Lead, stage: str) -> None:
    Lead.objects.update(stage="won")
    answer = browser.post(f"{BASE}/leads/{lead.pk}/stage/", {"stage": stage}, headers=as_htmx())
    lead.refresh_from_db()
    assert (answer.status_code, answer["HX-Retarget"], lead.stage) == (422, "#notice", "won")


def test_the_card_offers_only_stages_that_make_sense(browser: Client, conversation: Conversation, lead: Lead) -> None:
    page = card(browser, conversation)
    offered = [stage for stage in Lead.Stage if f'<option value="{stage}"' in page]
    assert offered == ["capturing", "qualified", "won", "lost"]


def test_leads_are_listed_by_stage_with_counts(browser: Client, conversation: Conversation, lead: Lead) -> None:
    page = browser.get(f"{BASE}/leads/?stage=capturing").content.decode()
    assert f'id="lead-row-{lead.pk}"' in page and f'href="{address(conversation)}"' in page
    assert "No lead in this stage" in browser.get(f"{BASE}/leads/?stage=won").content.decode()
    assert f'id="lead-row-{lead.pk}"' in browser.get(f"{BASE}/leads/?stage=rubbish&page=x").content.decode()


def test_the_lead_of_a_colleagues_conversation_is_not_listed(
    browser: Client, conversation: Conversation, lead: Lead, member: Any
) -> None:
    Conversation.objects.update(vendor=member(Role.VENDOR).user)
    page = browser.get(f"{BASE}/leads/").content.decode()
    assert f'id="lead-row-{lead.pk}"' not in page and "No leads yet" in page


def test_who_waits_is_listed_until_resolved(browser: Client, conversation: Conversation, vera: Membership) -> None:
    handoff = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="A refund")
    page = browser.get(f"{BASE}/waiting/").content.decode()
    assert f'id="handoff-{handoff.pk}"' in page and "A refund" in page and "The contact asked" in page
    assert '<span class="ll-count" id="nav-waiting">1</span>' in page
    resolve(conversation, user=vera.user)
    page = browser.get(f"{BASE}/waiting/").content.decode()
    assert f'id="handoff-{handoff.pk}"' not in page and "Nobody is waiting" in page


def test_the_longest_waiting_stands_first_and_who_is_served_last(
    browser: Client, conversation: Conversation, make_conversation: Make, vera: Membership
) -> None:
    served = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="")
    Handoff.objects.filter(pk=served.pk).update(state="assigned", user=vera.user)
    waits = [
        open_handoff(make_conversation(phone=f"44770090020{n}").pk, asked_by=Handoff.AskedBy.BOT, reason="")
        for n in range(2)
    ]
    page = browser.get(f"{BASE}/waiting/").content.decode()
    places = [page.index(f'id="handoff-{one.pk}"') for one in (*waits, served)]
    assert places == sorted(places)


def test_open_pages_are_told_of_a_changed_lead(
    browser: Client, lead: Lead, pushed: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    pushed.clear()
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(f"{BASE}/leads/{lead.pk}/stage/", {"stage": "lost"}, headers=as_htmx())
    assert [payload for _, payload in pushed] == [{"type": "lead", "id": lead.pk}]
