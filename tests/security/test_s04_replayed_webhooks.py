"""S04: what comes again, at once or after we have forgotten it, is answered 200 and changes nothing."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from apps import tenants
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.core import http
from apps.handoff.models import Handoff
from apps.ingest.models import Delivery
from apps.work import kinds
from tests.furnished import Business, Outside, committed, rows
from tests.payloads import change, envelope, status, text
from tests.security.webhooks import path_of, posted, processed, signed

PHONE = "447700900123"


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """These tests commit: the intake has connections of its own."""


@pytest.fixture
def acme(django_db_setup: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Business]:
    monkeypatch.setattr(http, "request", Outside().request)
    with committed(django_db_blocker) as (business, _):
        yield business


def deliver(business: Business, body: bytes) -> list[str]:
    assert posted(path_of(business), (body, signed(body, business.secret))) == [200]
    return processed()


def asked(business: Business) -> bytes:
    """A customer asked just now: the vendor's window for answers is open."""
    return envelope(text("Hello, when do you open?", phone=PHONE, number=business.number, at=int(time.time())))


def answered(business: Business) -> None:
    """The bot has answered, and its message has left."""
    for kind in ("dialogue.take_turns", "conversations.deliver"):
        kinds.get(kind).work(5.0)


#: Of a status that changes nothing it is noted all the same that the number lives, and pages look once more.
HEARD = ("InboxHealth", "Conversation(")


def kept(business: Business) -> list[str]:
    """All rows of the workspace, but for when something was last heard there."""
    return [row for row in rows(business.workspace).splitlines() if not row.startswith(HEARD)]


def again(business: Business, body: bytes, *, forgotten: bool) -> tuple[list[str], list[str]]:
    """The rows of the workspace before and after the same post came thrice more."""
    if forgotten:
        Delivery.objects.all().delete()  # as after thirty days
    before = kept(business)
    for _ in range(3):
        assert set(deliver(business, body)) == {"processed"}
    answered(business)
    return before, kept(business)


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_message_that_was_answered_is_not_answered_again(acme: Business, forgotten: bool) -> None:
    body = asked(acme)
    deliver(acme, body)
    answered(acme)
    with tenants.enter(acme.workspace):
        assert Message.objects.filter(direction="out", state="sent").count() == 1
    before, after = again(acme, body, forgotten=forgotten)
    assert after == before


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_old_status_does_not_move_a_message_back(acme: Business, forgotten: bool) -> None:
    deliver(acme, asked(acme))
    answered(acme)
    with tenants.enter(acme.workspace):
        sent = Message.objects.get(direction="out")
        told = {"wamid": sent.external_id or "", "key": str(sent.key), "number": acme.number, "phone": PHONE}
    delivered, read = (envelope(status(state, **told)) for state in ("delivered", "read"))
    deliver(acme, delivered)
    deliver(acme, read)
    before, after = again(acme, delivered, forgotten=forgotten)
    with tenants.enter(acme.workspace):
        assert Message.objects.get(pk=sent.pk).state == "read"
    assert after == before


@pytest.mark.parametrize("forgotten", [False, True])
def test_an_echo_that_was_resolved_does_not_take_the_conversation_over_again(acme: Business, forgotten: bool) -> None:
    deliver(acme, asked(acme))
    answered(acme)
    said = {"from": "442079460000", "to": PHONE, "id": "wamid.ECHO", "timestamp": "1794000100", "type": "text"}
    echo = change(
        acme.number, {"message_echoes": [{**said, "text": {"body": "I call you"}}]}, field="smb_message_echoes"
    )
    deliver(acme, envelope(echo))
    with tenants.enter(acme.workspace):
        taken = Conversation.objects.get()
        assert taken.ai_on is False
        conversations.switch_ai(taken, on=True, user=acme.owner.user)
    before, after = again(acme, envelope(echo), forgotten=forgotten)
    with tenants.enter(acme.workspace):
        assert Conversation.objects.get().ai_on is True
        assert Handoff.objects.exclude(state="resolved").count() == 0
    assert after == before
