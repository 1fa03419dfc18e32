"""The outbox: each message leaves at most once, in order, and what is not known is said to be unknown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.conversations.services import delivering
from apps.conversations.states import lock
from apps.core import http
from apps.inboxes.models import Inbox
from apps.inboxes.services import disconnect
from apps.providers.base import DeliveryState, Failure, Status, Trouble
from apps.tenants.models import Workspace
from apps.work import claims
from apps.work.models import WorkItem
from apps.work.runner import Later
from tests.clocks import Left
from tests.conftest import PHONE_NUMBER_ID
from tests.graph import Graph, refused

Make = Callable[..., Conversation]


def claim() -> claims.Claim:
    WorkItem.objects.filter(kind="conversations.deliver").update(due_at=timezone.now() - timedelta(seconds=1))
    return claims.claim("conversations.deliver", lease=60, share=10)[0]


def deliver(*, waited: bool = True) -> Later | None:
    """Works the item that is due; what was refused before has waited long enough."""
    if waited:
        Message.objects.filter(wait_until__isnull=False).update(wait_until=timezone.now())
    held = claim()
    outcome = delivering.deliver(held)
    if isinstance(outcome, Later):
        claims.postpone(held, outcome.seconds)
    else:
        claims.finish(held)
    return outcome


def say(conversation: Conversation, text: str, author: Message.Author = Message.Author.BOT) -> Message:
    return services.queue(lock(conversation.pk), text=text, author=author)[0]


def status(message: Message, state: DeliveryState, **fields: object) -> Status:
    values = {"route_key": PHONE_NUMBER_ID, "external_id": "wamid.late", "state": state, "at": None}
    return Status(**{**values, "opaque": str(message.key), **fields})  # type: ignore[arg-type]


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


def history(message: Message) -> list[str]:
    return list(message.history.values_list("state", flat=True))


def test_a_message_is_sent_with_our_key_and_keeps_metas_id(make_conversation: Make, graph: Graph) -> None:
    message = say(make_conversation(), "Hello there")
    assert deliver() is None
    assert graph.texts == ["Hello there"]
    assert graph.sends[0]["biz_opaque_callback_data"] == str(message.key)
    assert (state(message), message.external_id is not None) == ("sent", True)
    assert history(message) == ["pending", "sending", "sent"]


def test_messages_leave_in_the_order_in_which_they_were_written(make_conversation: Make, graph: Graph) -> None:
    conversation = make_conversation()
    for text in ("one", "two", "three"):
        say(conversation, text)
    deliver()
    assert graph.texts == ["one", "two", "three"]


def test_a_surely_refused_message_is_tried_again_later_and_nothing_passes_it(
    make_conversation: Make, graph: Graph
) -> None:
    graph.script = [refused(429, 130429)]
    first, second = (say(make_conversation(), text) for text in ("one", "two"))
    outcome = deliver()
    assert isinstance(outcome, Later) and 1.0 <= outcome.seconds <= 1.5
    assert (state(first), state(second)) == ("pending", "pending")
    Message.objects.filter(pk=first.pk).update(wait_until=timezone.now() + timedelta(seconds=60))
    outcome = deliver(waited=False)  # as when something new is said meanwhile
    assert isinstance(outcome, Later) and outcome.seconds == Left(60)
    assert graph.texts == ["one"]
    deliver()
    assert graph.texts == ["one", "one", "two"]
    assert (state(first), state(second), first.trouble, first.wait_until) == ("sent", "sent", "", None)


def test_when_nothing_could_be_reached_the_message_waits(make_conversation: Make, graph: Graph) -> None:
    graph.script = [http.NotReached("refused")]
    message = say(make_conversation(), "one")
    deliver()
    assert (state(message), message.trouble) == ("pending", "not_reached")


@pytest.mark.parametrize("answer", [http.NoAnswer("timed out"), refused(500, 131000), refused(503, 2)])
def test_a_send_that_may_have_arrived_is_unknown_and_never_sent_again(
    make_conversation: Make, graph: Graph, answer: http.Response | Exception
) -> None:
    graph.script = [answer]
    message = say(make_conversation(), "one")
    deliver()
    assert state(message) == "unknown"
    deliver()
    deliver()
    assert len(graph.sends) == 1


def test_a_later_status_settles_the_unknown(make_conversation: Make, graph: Graph, inbox: Inbox) -> None:
    graph.script = [http.NoAnswer("timed out")]
    message = say(make_conversation(), "one")
    deliver()
    services.mark(inbox, status(message, DeliveryState.DELIVERED))
    assert (state(message), message.external_id) == ("delivered", "wamid.late")
    assert history(message) == ["pending", "sending", "unknown", "sent", "delivered"]


def test_a_wrong_request_fails_with_its_reason(make_conversation: Make, graph: Graph) -> None:
    graph.script = [refused(400, 131009)]
    message = say(make_conversation(), "one")
    deliver()
    assert (state(message), message.trouble, message.trouble_code) == ("failed", "bad_request", "131009")


def test_a_number_whose_token_was_revoked_goes_on_when_it_is_connected_again(
    make_conversation: Make, graph: Graph, inbox: Inbox
) -> None:
    graph.script = [refused(401, 190)]
    message = say(make_conversation(), "one")
    deliver()
    inbox.refresh_from_db()
    assert (state(message), inbox.state) == ("pending", "broken")
    deliver()
    assert len(graph.sends) == 1
    Inbox.objects.update(state=Inbox.State.CONNECTED)
    deliver()
    assert state(message) == "sent"


def test_a_disconnected_inbox_sends_nothing(
    make_conversation: Make, graph: Graph, inbox: Inbox, workspace: Workspace
) -> None:
    message = say(make_conversation(), "one")
    disconnect(workspace, inbox)
    deliver()
    assert (state(message), graph.sends) == ("failed", [])


def test_nothing_leaves_after_the_reply_window_closed(make_conversation: Make, graph: Graph) -> None:
    conversation = make_conversation()
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=24, seconds=1))
    message = say(Conversation.objects.get(pk=conversation.pk), "too late")
    deliver()
    assert (state(message), message.trouble, graph.sends) == ("failed", "window_closed", [])


def test_a_message_left_sending_by_dead_hands_is_unknown(make_conversation: Make, graph: Graph) -> None:
    message = say(make_conversation(), "one")
    held = claim()
    assert delivering._start(message, held)
    claims.finish(held)
    deliver()
    assert (state(message), graph.sends) == ("unknown", [])


def test_hands_that_lost_their_lease_send_nothing(make_conversation: Make, graph: Graph) -> None:
    message = say(make_conversation(), "one")
    stale = claim()
    WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claim()
    delivering.deliver(stale)
    assert (state(message), graph.sends) == ("pending", [])


def test_what_the_vendor_said_while_the_database_was_away_is_known_when_it_is_back(
    make_conversation: Make, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No status need tell of it; the hands that forgot would leave a message of which nobody knows."""
    real = delivering.confirm

    def away(*_: object) -> None:
        raise OperationalError("the connection is closed")

    message = say(make_conversation(), "one")
    held = claim()
    monkeypatch.setattr(delivering, "confirm", away)
    with pytest.raises(OperationalError):
        delivering.deliver(held)
    assert (state(message), len(graph.sends)) == ("sending", 1)
    monkeypatch.setattr(delivering, "confirm", real)
    with tenants.enter(None):
        claims.claim("conversations.deliver", lease=60, share=10)
    assert state(message) == "sent"
    assert history(message) == ["pending", "sending", "sent"]
    assert len(graph.sends) == 1


def test_states_only_move_forward(make_conversation: Make, graph: Graph, inbox: Inbox) -> None:
    message = say(make_conversation(), "one")
    deliver()
    for report in (DeliveryState.READ, DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.FAILED):
        services.mark(inbox, status(message, report, external_id=message.external_id or "wamid.late"))
    assert state(message) == "read"
    assert history(message) == ["pending", "sending", "sent", "read"]


def test_states_only_move_forward_also_for_whoever_saw_an_older_one(
    make_conversation: Make, graph: Graph, inbox: Inbox
) -> None:
    """Two webhooks are read at once: both found the message as sent, and the later report is written first."""
    message = say(make_conversation(), "one")
    deliver()
    seen = Message.objects.get(pk=message.pk)
    services.mark(inbox, status(message, DeliveryState.READ))
    for report in (DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.FAILED):
        services.mark(inbox, status(message, report, external_id=seen.external_id or ""), known=lambda *_: seen)
    assert state(message) == "read"
    assert history(message) == ["pending", "sending", "sent", "read"]


def test_a_failed_status_shows_why(make_conversation: Make, graph: Graph, inbox: Inbox) -> None:
    message = say(make_conversation(), "one")
    deliver()
    failure = Failure(Trouble.UNDELIVERABLE, code="131026", detail="Message undeliverable")
    services.mark(inbox, status(message, DeliveryState.FAILED, failure=failure))
    assert (state(message), message.trouble_code) == ("failed", "131026")


def test_a_status_of_a_message_that_is_not_ours_changes_nothing(inbox: Inbox) -> None:
    foreign = Status(PHONE_NUMBER_ID, "wamid.foreign", DeliveryState.READ, None, opaque="somebody-elses")
    assert services.mark(inbox, foreign) is None


def test_the_bots_rate_is_the_inboxs_and_people_pass(
    make_conversation: Make, graph: Graph, inbox: Inbox, member: Callable[..., Membership]
) -> None:
    Inbox.objects.update(rate_per_minute=1)
    conversation = make_conversation()
    say(conversation, "one")
    say(conversation, "two")
    outcome = deliver()
    assert isinstance(outcome, Later) and 55 < outcome.seconds <= 60
    assert graph.texts == ["one"]
    services.reply(conversation, text="I am here", user=member(Role.VENDOR).user)
    deliver()
    assert graph.texts == ["one", "I am here"]


def test_a_long_text_is_split_at_the_providers_limit(make_conversation: Make, graph: Graph) -> None:
    text = " ".join(f"Sentence number {number}." for number in range(300))
    services.queue(lock(make_conversation().pk), text=text, author=Message.Author.BOT)
    deliver()
    assert len(graph.texts) == 2
    assert all(len(part) <= 4096 for part in graph.texts)
    assert " ".join(graph.texts).split() == text.split()


def test_a_failed_message_is_sent_again_when_a_person_says_so(
    make_conversation: Make, graph: Graph, member: Callable[..., Membership]
) -> None:
    graph.script, user = [refused(400, 131009)], member(Role.VENDOR).user
    message = say(make_conversation(), "one")
    deliver()
    message.refresh_from_db()
    assert services.retry(message, user=user)
    assert not services.retry(Message.objects.get(pk=message.pk), user=user)
    deliver()
    assert state(message) == "sent"
