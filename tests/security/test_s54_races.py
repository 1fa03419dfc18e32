"""S54: two who press at the same moment, through the pages themselves and on connections of their own: one wins.

A person against the bot: tests/dialogue/test_interleavings.py. Two decisions about one message:
tests/conversations/test_races.py. Two changes of a team: tests/accounts/test_team_races.py.
"""

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from apps import tenants
from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.leads.models import Lead
from apps.leads.services import lead_of
from tests.clocks import PATIENCE
from tests.conftest import inbound
from tests.furnished import Business, committed

TIMES = 5


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """These tests commit: every browser has a connection of its own."""


@pytest.fixture
def acme(django_db_setup: None, django_db_blocker: Any) -> Iterator[Business]:
    with committed(django_db_blocker) as (business, _):
        yield business


@pytest.fixture
def vendors(acme: Business) -> list[Client]:
    """Four vendors at their phones."""
    browsers = []
    for number in range(4):
        membership = add_member(acme.workspace, email=f"vendor{number}@example.org", role=Role.VENDOR)
        browser = Client()
        browser.force_login(membership.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        browsers.append(browser)
    return browsers


def at_once(*presses: Callable[[], Any]) -> list[Any]:
    """The answers of all, released by one barrier."""
    start, answers = threading.Barrier(len(presses)), [None for _ in presses]

    def press(place: int, what: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            answers[place] = what()
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=item) for item in enumerate(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE)
    return answers


def customer(acme: Business, number: int) -> tuple[Conversation, Lead]:
    """Somebody whom no vendor has yet, and who waits for one."""
    with tenants.enter(acme.workspace):
        message = conversations.receive(acme.inbox, inbound("Hello", phone=f"4477009003{number:02}"))
        assert message is not None
        open_handoff(message.conversation_id, asked_by=Handoff.AskedBy.CONTACT, reason="A bike")
        return message.conversation, lead_of(message.conversation.contact, acme.bot)


def person(browser: Client) -> int:
    return int(browser.session["_auth_user_id"])


def test_of_four_vendors_who_take_a_lead_one_has_it_and_keeps_it(acme: Business, vendors: list[Client]) -> None:
    """Whoever was told that it is theirs has it: nobody takes it from them a moment later."""
    for number in range(TIMES):
        _, lead = customer(acme, number)
        path = f"/w/acme/leads/{lead.pk}/assign/"
        answers = at_once(*(partial(one.post, path, headers={"hx-request": "true"}) for one in vendors))
        won = [person(browser) for browser, answer in zip(vendors, answers, strict=True) if answer.status_code == 200]
        lost = [answer for answer in answers if answer.status_code != 200]
        with tenants.enter(acme.workspace):
            kept = Lead.objects.get(pk=lead.pk)
        assert won == [kept.vendor_id]
        assert (kept.stage, len(lost)) == ("assigned", 3)
        assert {answer.status_code for answer in lost} <= {422, 404}
        for answer in lost:
            assert answer.status_code == 404 or "has this lead. Ask them for it." in answer.content.decode()


def test_of_four_vendors_who_take_a_conversation_one_has_it(acme: Business, vendors: list[Client]) -> None:
    for number in range(TIMES):
        conversation, _ = customer(acme, number)
        path = f"/w/acme/c/{conversation.pk}/take/"
        at_once(*(partial(one.post, path) for one in vendors))
        with tenants.enter(acme.workspace):
            kept = Conversation.objects.get(pk=conversation.pk)
            handoff = Handoff.objects.get(conversation=conversation)
        assert kept.vendor_id in {person(browser) for browser in vendors}
        assert (handoff.user_id, handoff.state, kept.ai_on) == (kept.vendor_id, "assigned", False)
        seen = [browser.get(f"/w/acme/c/{conversation.pk}/").status_code for browser in vendors]
        assert seen == [200 if person(browser) == kept.vendor_id else 404 for browser in vendors]


def test_a_reply_sent_by_a_finger_that_presses_twice_is_one_message(acme: Business, vendors: list[Client]) -> None:
    for number in range(TIMES):
        conversation, _ = customer(acme, number)
        form = {"text": "I am here", "key": str(uuid.uuid4())}
        path = f"/w/acme/c/{conversation.pk}/reply/"
        again = [Client() for _ in range(3)]
        for one in again:
            one.cookies = vendors[0].cookies
        answers = at_once(*(partial(one.post, path, form) for one in again))
        assert {answer.status_code for answer in answers} == {302}
        with tenants.enter(acme.workspace):
            assert Message.objects.filter(conversation=conversation, author="person").count() == 1


def test_of_two_vendors_who_reply_at_once_one_has_the_conversation(acme: Business, vendors: list[Client]) -> None:
    """Both saw that nobody had it. What both wrote is kept under their names; it is one's from then on."""
    for number in range(TIMES):
        conversation, _ = customer(acme, number)
        path = f"/w/acme/c/{conversation.pk}/reply/"
        keys = [str(uuid.uuid4()) for _ in vendors]
        at_once(
            *(
                partial(one.post, path, {"text": "I am here", "key": key})
                for one, key in zip(vendors, keys, strict=True)
            )
        )
        with tenants.enter(acme.workspace):
            kept = Conversation.objects.get(pk=conversation.pk)
            writers = list(
                Message.objects.filter(conversation=conversation, author="person").values_list("user", flat=True)
            )
        assert kept.vendor_id in writers
        assert len(writers) == len(set(writers))
