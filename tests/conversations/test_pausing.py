"""A number from which the vendor takes nothing pauses; all that waits is kept and goes on after it."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone

from apps.conversations import services
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.conversations.services import pausing
from apps.core import http
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, disconnect, reconnect
from apps.providers.base import DeliveryState, Failure, Trouble
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from apps.work.runner import Later
from tests.clocks import passed
from tests.conversations.sending import deliver, say, state, tells
from tests.graph import Graph, refused

Make = Callable[..., Conversation]

PARKED = Later(600.0)


@pytest.fixture
def three(make_conversation: Make) -> list[Message]:
    """Something waits in three conversations."""
    return [say(make_conversation(phone=f"44770090012{number}"), f"text {number}") for number in range(3)]


def works(message: Message) -> Later | None:
    Message.objects.update(wait_until=None)
    return deliver(message.conversation)


def health() -> InboxHealth:
    return InboxHealth.objects.get()


def left() -> float:
    until = health().paused_until
    assert until is not None
    return (until - timezone.now()).total_seconds()


def pause_passes() -> None:
    InboxHealth.objects.update(paused_until=timezone.now() - timedelta(seconds=1))


def due_now() -> set[str]:
    due = WorkItem.objects.filter(kind="conversations.deliver", due_at__lte=timezone.now())
    return set(due.values_list("key", flat=True))


@pytest.mark.parametrize(
    ("code", "seconds", "said"),
    [
        (131048, 900, "people blocked or reported it"),
        (131031, 900, "has restricted this number"),
        (368, 900, "has restricted this number"),
        (131042, 600, "waits for a payment"),
    ],
)
def test_a_number_in_trouble_pauses_with_its_reason_and_everything_is_kept(
    three: list[Message], graph: Graph, inbox: Inbox, code: int, seconds: float, said: str
) -> None:
    graph.script = [refused(400, code)]
    assert [works(message) for message in three] == [PARKED] * 3
    inbox.refresh_from_db()
    assert (inbox.state, said in inbox.trouble) == ("broken", True)
    assert ([state(message) for message in three], len(graph.sends)) == (["pending"] * 3, 1)
    assert seconds - 1 - passed() <= left() <= seconds * 1.25
    resume = WorkItem.objects.get(kind="conversations.resume")
    assert (resume.key, resume.due_at) == (str(inbox.pk), health().paused_until)


def test_after_the_pause_one_is_tried_and_then_all_go_on(three: list[Message], graph: Graph, inbox: Inbox) -> None:
    graph.script = [refused(400, 131048)]
    for message in three:
        works(message)
    pause_passes()
    assert pausing.look_again(inbox.pk) == Later(30.0)
    inbox.refresh_from_db()
    assert (inbox.state, inbox.trouble) == ("connected", "")
    assert due_now() == {str(message.conversation_id) for message in three}
    WorkItem.objects.update(due_at=None)
    graph.during_send = lambda: others.append(works(three[1]))  # while the vendor is asked about the first
    others: list[Later | None] = []
    assert works(three[0]) is None
    graph.during_send = None
    assert (others, state(three[0]), state(three[1])) == ([PARKED], "sent", "pending")
    assert due_now() == {str(three[1].conversation_id), str(three[2].conversation_id)}
    assert (health().paused_for, health().strikes, pausing.look_again(inbox.pk)) == ("", 0, None)
    for message in three[1:]:
        works(message)
    assert [state(message) for message in three] == ["sent"] * 3


def test_each_trial_that_fails_makes_the_pause_longer_up_to_a_bound(
    three: list[Message], graph: Graph, inbox: Inbox
) -> None:
    lengths = []
    for _ in range(7):
        graph.script = [refused(400, 131048)]
        works(three[0])
        lengths.append(left())
        pause_passes()
        pausing.look_again(inbox.pk)
    grown = [900, 1800, 3600, 7200, 14_400, 14_400, 14_400]
    assert all(least - 1 - passed() <= length <= least * 1.25 for length, least in zip(lengths, grown, strict=True))
    assert state(three[0]) == "pending"


def test_many_that_are_refused_at_once_are_one_refusal(three: list[Message], graph: Graph, inbox: Inbox) -> None:
    for _ in range(20):
        pausing.refused(inbox, Failure(Trouble.SPAM_LIMITED))
    assert (health().strikes, 899 - passed() <= left() <= 1125) == (1, True)


def test_one_that_is_throttled_waits_alone_and_the_third_in_a_row_stops_the_number(
    three: list[Message], graph: Graph, inbox: Inbox
) -> None:
    graph.script = [refused(429, 130429)] * 3
    outcomes = [works(message) for message in (*three, three[0])]
    assert all(isinstance(outcome, Later) and outcome.seconds <= 1.5 for outcome in outcomes[:3])
    assert (outcomes[3], len(graph.sends)) == (PARKED, 3)
    inbox.refresh_from_db()
    assert (inbox.state, 0 < left() <= 1.25) == ("connected", True)
    pause_passes()
    works(three[0])
    assert (state(three[0]), health().strikes) == ("sent", 0)


def test_a_message_taken_in_between_ends_the_row(three: list[Message], graph: Graph) -> None:
    graph.script = [refused(429, 130429), refused(429, 130429)]
    works(three[0])
    works(three[1])
    works(three[2])
    assert (health().strikes, health().paused_until) == (0, None)


def test_the_vendors_own_wait_is_kept_by_the_whole_number(three: list[Message], graph: Graph) -> None:
    graph.script = [http.Response(429, {"retry-after": "120"}, b'{"error": {"code": 80007}}')]
    works(three[0])
    assert (works(three[1]), len(graph.sends)) == (PARKED, 1)
    assert 119 <= left() <= 150


def test_a_person_limited_by_pair_stops_nobody_else(three: list[Message], graph: Graph) -> None:
    graph.script = [refused(429, 131056)]
    for message in three:
        works(message)
    assert [state(message) for message in three] == ["pending", "sent", "sent"]
    assert not InboxHealth.objects.exclude(paused_for="").exists()


def test_a_revoked_token_waits_for_a_new_one_and_not_for_time(three: list[Message], graph: Graph, inbox: Inbox) -> None:
    graph.script = [refused(401, 190)]
    assert [works(message) for message in three] == [PARKED] * 3
    inbox.refresh_from_db()
    assert (inbox.state, health().paused_until, len(graph.sends)) == ("broken", None, 1)
    assert pausing.look_again(inbox.pk) is None
    WorkItem.objects.update(due_at=None)
    reconnect(inbox, token="new")
    assert due_now() == {str(message.conversation_id) for message in three}
    for message in three:
        works(message)
    assert [state(message) for message in three] == ["sent"] * 3


def test_connecting_again_ends_a_pause(three: list[Message], graph: Graph, inbox: Inbox) -> None:
    graph.script = [refused(400, 131031)]
    works(three[0])
    inbox.refresh_from_db()
    reconnect(inbox, token="new")
    assert (health().paused_for, health().paused_until, health().strikes) == ("", None, 0)
    works(three[0])
    assert state(three[0]) == "sent"


def test_another_number_goes_on(
    three: list[Message], graph: Graph, inbox: Inbox, workspace: Workspace, make_conversation: Make
) -> None:
    graph.script = [refused(400, 131048)]
    works(three[0])
    assert inbox.hook is not None
    given = {"provider": "whatsapp_cloud", "external_key": "777", "name": "Second", "token": "t"}
    beside = connect(workspace, bot=inbox.bot, hook=inbox.hook, **given)
    conversation = make_conversation(phone="447700900888")
    Conversation.objects.filter(pk=conversation.pk).update(inbox=beside)
    conversation.refresh_from_db()
    message = say(conversation, "by the other")
    works(message)
    assert state(message) == "sent"


def test_a_message_the_vendor_gives_up_for_the_numbers_sake_waits_for_the_number(
    three: list[Message], graph: Graph, inbox: Inbox
) -> None:
    """Meta takes it, and says by a status that a payment is missing."""
    first = three[0]
    works(first)
    first.refresh_from_db()
    failure = Failure(Trouble.UNPAID, code="131042")
    services.mark(inbox, tells(first, DeliveryState.FAILED, external_id=first.external_id, failure=failure))
    inbox.refresh_from_db()
    assert (state(first), inbox.state, first.external_id) == ("pending", "broken", None)
    pause_passes()
    pausing.look_again(inbox.pk)
    works(first)
    assert (state(first), len(graph.sends)) == ("sent", 2)


@pytest.mark.parametrize("place", ["pausing.refused", "requeue"])
def test_a_crash_while_that_is_noted_drops_nothing(
    three: list[Message], graph: Graph, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """The delivery is read again, and the vendor's word counts as if it came for the first time."""
    first = three[0]
    works(first)
    first.refresh_from_db()
    unpaid = tells(
        first, DeliveryState.FAILED, external_id=first.external_id, failure=Failure(Trouble.UNPAID, code="131042")
    )
    with monkeypatch.context() as crash, pytest.raises(RuntimeError):
        crash.setattr(f"apps.conversations.services.reporting.{place}", Mock(side_effect=RuntimeError("killed")))
        services.mark(inbox, unpaid)
    assert state(first) == "sent"
    services.mark(inbox, unpaid)
    inbox.refresh_from_db()
    assert (state(first), inbox.state, first.external_id) == ("pending", "broken", None)


@pytest.mark.parametrize("repair", ["connected again", "pause over"])
def test_old_news_do_not_break_a_number_that_was_repaired_since(
    three: list[Message], graph: Graph, inbox: Inbox, repair: str
) -> None:
    """Vendors repeat a status, and deliveries are replayed."""
    first = three[0]
    Inbox.objects.update(working_since=timezone.now() - timedelta(days=1))
    works(first)
    services.take_over(first.conversation, user=None, why=Conversation.Paused.PERSON)  # so that it is not kept
    first.refresh_from_db()
    about = {"external_id": first.external_id, "at": timezone.now() - timedelta(seconds=5)}
    unpaid = tells(first, DeliveryState.FAILED, failure=Failure(Trouble.UNPAID), **about)
    services.mark(inbox, unpaid)
    inbox.refresh_from_db()
    assert (inbox.state, state(first)) == ("broken", "failed")
    if repair == "connected again":
        reconnect(inbox, token="new")
    else:
        pause_passes()
        pausing.look_again(inbox.pk)
        pausing.worked(inbox)
    services.mark(inbox, unpaid)
    inbox.refresh_from_db()
    assert (inbox.state, health().paused_for, health().strikes) == ("connected", "", 0)
    assert (works(three[1]), state(three[1])) == (None, "sent")


def test_old_news_of_another_message_keep_that_message_and_do_not_break_the_number(
    three: list[Message], graph: Graph, inbox: Inbox
) -> None:
    first = three[0]
    Inbox.objects.update(working_since=timezone.now() - timedelta(days=1))
    works(first)
    first.refresh_from_db()
    about = {"external_id": first.external_id, "at": timezone.now() - timedelta(seconds=5)}
    unpaid = tells(first, DeliveryState.FAILED, failure=Failure(Trouble.UNPAID), **about)
    reconnect(inbox, token="new")
    services.mark(inbox, unpaid)
    inbox.refresh_from_db()
    assert (state(first), inbox.state) == ("pending", "connected")


def test_what_the_bot_said_before_a_takeover_is_not_kept_for_the_number(
    three: list[Message], graph: Graph, inbox: Inbox
) -> None:
    first = three[0]
    works(first)
    services.take_over(first.conversation, user=None, why=Conversation.Paused.PERSON)
    first.refresh_from_db()
    failure = Failure(Trouble.UNPAID, code="131042")
    services.mark(inbox, tells(first, DeliveryState.FAILED, external_id=first.external_id, failure=failure))
    assert state(first) == "failed"


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (http.NotReached("refused"), "not_reached"),
        (refused(429, 131056), "pair_throttled"),
        (refused(400, 131016), "transient"),
    ],
)
def test_what_is_refused_for_hours_though_nothing_is_wrong_with_it_is_kept_for_a_day(
    three: list[Message], graph: Graph, answer: http.Response | Exception, trouble: str
) -> None:
    graph.script = [answer] * 12
    for _ in range(12):
        works(three[0])
    assert (state(three[0]), three[0].attempts) == ("pending", 12)
    Message.objects.filter(pk=three[0].pk).update(created_at=timezone.now() - timedelta(hours=25))
    graph.script = [answer]
    works(three[0])
    assert (state(three[0]), three[0].trouble) == ("failed", trouble)


def test_a_disconnected_number_is_not_tried(three: list[Message], graph: Graph, inbox: Inbox) -> None:
    graph.script = [refused(400, 131048)]
    works(three[0])
    disconnect(Workspace.objects.get(slug="acme"), inbox)
    pause_passes()
    pausing.look_again(inbox.pk)
    for message in three:
        works(message)
    assert ([state(message) for message in three], len(graph.sends)) == (["failed"] * 3, 1)
