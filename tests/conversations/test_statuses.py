"""A status that says nothing new costs a look; one whose message was found a moment ago moves only that send."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Membership, Role
from apps.conversations import services
from apps.conversations.models import Conversation, InboxHealth, Message, StateChange
from apps.conversations.states import ALLOWED, DELIVER
from apps.inboxes.models import Inbox
from apps.providers.base import DeliveryState, Failure, Identity, IdentityKind, Party, Status, Trouble
from apps.watch.models import OpenSend
from apps.work.models import WorkItem
from tests.conftest import inbound
from tests.conversations.conftest import AtOnce
from tests.conversations.sending import history, say, state, tells
from tests.furnished import Business

OLD = [
    (DeliveryState.SENT, "sent"),
    (DeliveryState.SENT, "delivered"),
    (DeliveryState.DELIVERED, "delivered"),
    (DeliveryState.SENT, "read"),
    (DeliveryState.DELIVERED, "read"),
    (DeliveryState.READ, "read"),
    (DeliveryState.FAILED, "delivered"),
    (DeliveryState.FAILED, "failed"),
]


@pytest.fixture
def message(receive: Callable[..., Message]) -> Message:
    """One of ours that the vendor knows."""
    made = say(receive("Hello").conversation, "Yes")
    Message.objects.filter(pk=made.pk).update(external_id="wamid.1", state="sent")
    made.refresh_from_db()
    return made


def ignore(*_: Any) -> None:
    """Notes nothing."""


@pytest.mark.parametrize(("news", "now"), OLD)
def test_what_is_known_already_costs_one_question(
    inbox: Inbox, message: Message, news: DeliveryState, now: str
) -> None:
    Message.objects.filter(pk=message.pk).update(state=now)
    before = Conversation.objects.get().changed_at
    with CaptureQueriesContext(connection) as queries:
        services.mark(inbox, tells(message, news, external_id="wamid.1"), heard_of=ignore)
    (one,) = queries.captured_queries
    assert one["sql"].startswith("SELECT")
    assert (state(message), history(message), Conversation.objects.get().changed_at) == (now, ["pending"], before)


def test_every_state_that_may_be_moved_is(inbox: Inbox, message: Message) -> None:
    for news in DeliveryState:
        for now in ALLOWED[Message.State(news.value)]:
            Message.objects.filter(pk=message.pk).update(state=now)
            services.mark(inbox, tells(message, news, external_id="wamid.1"))
            assert state(message) == news, now


def test_what_speaks_against_the_number_is_heard_though_the_message_has_failed_already(
    inbox: Inbox, message: Message
) -> None:
    Message.objects.filter(pk=message.pk).update(state="read")
    failure = Failure(Trouble.UNPAID)
    services.mark(inbox, tells(message, DeliveryState.FAILED, external_id="wamid.1", failure=failure))
    assert InboxHealth.objects.get().paused_for == Trouble.UNPAID
    assert state(message) == "read"


@pytest.mark.parametrize("news", DeliveryState)
def test_news_of_a_send_that_was_given_up_since_it_was_found_do_not_move_the_next(
    inbox: Inbox, message: Message, member: Callable[..., Membership], news: DeliveryState
) -> None:
    Message.objects.filter(pk=message.pk).update(state="failed")
    found = Message.objects.get(pk=message.pk)
    assert services.retry(Message.objects.get(pk=message.pk), user=member(Role.VENDOR).user)
    services.mark(inbox, tells(message, news, external_id="wamid.1"), known=lambda *_: found)
    message.refresh_from_db()
    assert (message.state, message.external_id, message.former_ids) == ("pending", None, ["wamid.1"])


def test_a_send_that_became_unknown_since_it_was_found_holds_nothing_back(inbox: Inbox, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(state="sending")
    found = Message.objects.get(pk=message.pk)
    Message.objects.filter(pk=message.pk).update(state="unknown")
    WorkItem.objects.filter(kind=DELIVER).update(due_at=None)
    services.mark(inbox, tells(message, external_id="wamid.1"), known=lambda *_: found)
    assert state(message) == "sent"
    assert WorkItem.objects.get(kind=DELIVER).due_at is not None


def all_of(inbox: Inbox, *news: Status, found: Message | None = None) -> list[Status]:
    """Marks them together; what is left to be marked one by one."""
    look = services.known if found is None else lambda *_: found
    return services.mark_all(inbox, news, known=look, heard_of=ignore)


def test_plain_news_together_move_as_one_by_one(inbox: Inbox, message: Message, pushed: list[Any]) -> None:
    other = say(message.conversation, "And more")
    Message.objects.filter(pk=other.pk).update(external_id="wamid.2", state="sent")
    delivered, read = (
        tells(message, news, external_id="wamid.1") for news in (DeliveryState.DELIVERED, DeliveryState.READ)
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert (
            all_of(inbox, read, delivered, delivered, tells(other, DeliveryState.DELIVERED, external_id="wamid.2"))
            == []
        )
    assert (state(message), history(message)) == ("read", ["pending", "delivered", "read"])
    assert (state(other), history(other)) == ("delivered", ["pending", "delivered"])
    assert {payload["id"] for _, payload in pushed} == {message.conversation_id}
    assert not OpenSend.objects.exists()


def test_what_is_not_plain_is_left_to_be_marked_by_itself(inbox: Inbox, message: Message) -> None:
    strange = tells(message, external_id="wamid.none")
    failed = tells(message, DeliveryState.FAILED, external_id="wamid.1", failure=Failure(Trouble.UNPAID))
    assert all_of(inbox, strange, failed) == [strange, failed]
    for now in set(Message.State) - {"sent", "delivered", "read"}:
        Message.objects.filter(pk=message.pk).update(state=now)
        news = tells(message, DeliveryState.DELIVERED, external_id="wamid.1")
        assert all_of(inbox, news) == [news], now
    assert history(message) == ["pending"]


@pytest.mark.parametrize("news", [DeliveryState.DELIVERED, DeliveryState.READ])
def test_news_together_of_a_send_that_was_given_up_since_do_not_move_the_next(
    inbox: Inbox, message: Message, member: Callable[..., Membership], news: DeliveryState
) -> None:
    found = Message.objects.get(pk=message.pk)
    Message.objects.filter(pk=message.pk).update(state="failed")
    assert services.retry(Message.objects.get(pk=message.pk), user=member(Role.VENDOR).user)
    Message.objects.filter(pk=message.pk).update(state="sent", external_id="wamid.2")
    assert all_of(inbox, tells(message, news, external_id="wamid.1"), found=found) == []
    assert state(message) == "sent"


def test_two_who_mark_the_same_the_other_way_round_do_not_wait_for_each_other(shop: Business, at_once: AtOnce) -> None:
    ours = []
    for number in range(20):
        party = Party((Identity(IdentityKind.PHONE, str(number)),), "")
        stored = services.receive(shop.inbox, inbound("Hi", sender=party))
        assert stored is not None
        made = say(stored.conversation, "Yes")
        Message.objects.filter(pk=made.pk).update(external_id=f"wamid.{number}", state="sent")
        ours.append(tells(made, DeliveryState.DELIVERED, external_id=f"wamid.{number}"))
    at_once(lambda: all_of(shop.inbox, *ours), lambda: all_of(shop.inbox, *reversed(ours)))
    assert set(Message.objects.filter(direction="out").values_list("state", flat=True)) == {"delivered"}
    assert StateChange.objects.filter(state="delivered").count() == 20
