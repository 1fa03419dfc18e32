"""Two who decide at the same moment, on two real connections: one of them wins, and nothing leaves twice."""

from typing import Any

import pytest

from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.core import http
from apps.providers.base import DeliveryState
from tests.conftest import inbound
from tests.conversations.conftest import AtOnce
from tests.conversations.sending import deliver, say, state, tells
from tests.furnished import Business
from tests.graph import Graph

ROUNDS = 12


@pytest.fixture
def conversation(shop: Business) -> Conversation:
    message = services.receive(shop.inbox, inbound("Hello"))
    assert message is not None
    return message.conversation


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Graph:
    fake = Graph()
    monkeypatch.setattr(http, "request", fake.request)
    return fake


def unconfirmed(conversation: Conversation) -> Message:
    message = say(conversation, "Is it there?")
    Message.objects.filter(pk=message.pk).update(state="unconfirmed", attempts=1)
    message.refresh_from_db()
    return message


def twice(message: Message) -> tuple[Message, Message]:
    """The same row as two requests have read it."""
    return Message.objects.get(pk=message.pk), Message.objects.get(pk=message.pk)


def test_both_buttons_pressed_at_once_one_decides(
    shop: Business, conversation: Conversation, at_once: AtOnce, world: Graph
) -> None:
    user, winners = shop.owner.user, set()
    for _ in range(ROUNDS):
        message = unconfirmed(conversation)
        one, other = twice(message)
        resent, came = at_once(lambda: services.retry(one, user=user), lambda: services.arrived(other))  # noqa: B023  # run now
        assert resent is not came
        winners.add(resent)
        before = len(world.sends)
        deliver(conversation)
        assert state(message) == "sent"
        assert len(world.sends) - before == int(resent)
    assert winners  # who wins is chance


def test_resend_pressed_by_two_sends_once(
    shop: Business, conversation: Conversation, at_once: AtOnce, world: Graph
) -> None:
    user = shop.owner.user
    for _ in range(ROUNDS):
        message = unconfirmed(conversation)
        one, other = twice(message)
        pressed = at_once(lambda: services.retry(one, user=user), lambda: services.retry(other, user=user))  # noqa: B023
        assert sorted(pressed) == [False, True]
        before = len(world.sends)
        deliver(conversation)
        deliver(conversation)
        assert len(world.sends) - before == 1


def test_a_late_status_and_the_resend_button_at_once_never_lose_the_message(
    shop: Business, conversation: Conversation, at_once: AtOnce, world: Graph
) -> None:
    user = shop.owner.user
    for _ in range(ROUNDS):
        message = unconfirmed(conversation)
        one, status = Message.objects.get(pk=message.pk), tells(message, DeliveryState.DELIVERED)
        at_once(lambda: services.retry(one, user=user), lambda: services.mark(shop.inbox, status))  # noqa: B023
        before = len(world.sends)
        deliver(conversation)
        assert state(message) == "delivered"
        assert len(world.sends) == before  # the vendor said that it arrived before anything was sent again


def test_a_status_that_comes_while_an_unknown_is_given_up_settles_it(
    shop: Business, conversation: Conversation, at_once: AtOnce, world: Graph
) -> None:
    for _ in range(ROUNDS):
        message = say(conversation, "Is it there?")
        Message.objects.filter(pk=message.pk).update(state="unknown", attempts=1)
        Message.objects.filter(pk=message.pk).update(changed_at="2026-01-01T00:00Z")
        status = tells(message, DeliveryState.READ)
        at_once(lambda: deliver(conversation), lambda: services.mark(shop.inbox, status))  # noqa: B023
        assert (state(message), world.sends) == ("read", [])


def test_a_takeover_and_the_start_of_a_send_at_once(
    shop: Business, conversation: Conversation, at_once: AtOnce, world: Graph
) -> None:
    """Whichever commits first decides: sent, or cancelled and never sent."""
    user, fates = shop.owner.user, set()
    for _ in range(ROUNDS):
        services.switch_ai(conversation, on=True)
        message = say(conversation, "From the bot")
        took, _ = at_once(
            lambda: services.take_over(conversation, user=user, why=Conversation.Paused.PERSON),
            lambda: deliver(conversation),
        )
        fate, entered = state(message), sending_at(message)
        fates.add(fate)
        assert fate in ("sent", "cancelled")
        assert (fate == "sent") == (entered is not None)
        assert entered is None or entered <= took.ai_paused_at
    assert len(world.sends) == Message.objects.filter(state="sent").count()


def sending_at(message: Message) -> Any:
    return message.history.filter(state="sending").values_list("at", flat=True).first()
