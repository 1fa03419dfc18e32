"""A send of which nobody knows whether it arrived: settled by news, sent again on evidence, or left to people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Membership, Role
from apps.bots.services import switch_bot
from apps.conversations import services
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.conversations.services import delivering
from apps.conversations.services.settling import Unknown, Verdict, judge
from apps.core import http
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, disconnect, hook_of
from apps.ingest.models import Delivery
from apps.providers.base import DeliveryState, Failure, Trouble
from apps.tenants import services as tenancy
from apps.tenants.models import Hook, Workspace
from apps.work import claims
from apps.work.hearing import Hearing
from apps.work.models import Pulse, WorkItem
from apps.work.runner import Later
from tests.clocks import Ago, Left
from tests.conversations.sending import claim, deliver, history, listening, pass_time, say, state, tells, told
from tests.graph import Graph, refused

Make = Callable[..., Conversation]
Member = Callable[..., Membership]
NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def heard(since: float, until: float, gap: float = 0.0) -> Hearing:
    return Hearing(at(since), at(until), gap)


#: At 0 the message became unknown; `age` seconds later this is known.
VERDICTS = {
    "too early": (89, True, heard(-500, 89), 50, Verdict.WAIT),
    "90 s heard and the number told of others": (90, True, heard(-500, 90), 50, Verdict.RESEND),
    "the number told nothing since": (90, True, heard(-500, 90), -1, Verdict.WAIT),
    "the number never told anything": (300, True, heard(-500, 300), None, Verdict.WAIT),
    "we were away until 30 s ago": (200, True, heard(170, 200), 190, Verdict.WAIT),
    "we were away until 90 s ago": (260, True, heard(170, 260), 190, Verdict.RESEND),
    "what the number told was before we were away": (260, True, heard(170, 260), 100, Verdict.WAIT),
    "webhooks wait to be processed since": (300, True, heard(-500, 60), 50, Verdict.WAIT),
    "we were away for longer than 90 s": (460, True, heard(300, 460, gap=200), 310, Verdict.WAIT),
    "and now as long as we were away": (500, True, heard(300, 500, gap=200), 310, Verdict.RESEND),
    "deaf": (400, True, None, 50, Verdict.WAIT),
    "a person's, or taken over": (400, False, heard(-500, 400), 50, Verdict.WAIT),
    "ten minutes of a silent number": (600, True, heard(-500, 600), None, Verdict.GIVE_UP),
    "ten minutes of a person's": (600, False, heard(-500, 600), 50, Verdict.GIVE_UP),
    "ten minutes, but we just came back": (600, False, heard(580, 600), 590, Verdict.WAIT),
    "ten minutes deaf": (600, True, None, None, Verdict.WAIT),
    "an hour, whatever was": (3600, True, None, None, Verdict.GIVE_UP),
    "an hour is too late to send": (3600, True, heard(-500, 3600), 50, Verdict.GIVE_UP),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict(case: str) -> None:
    age, resendable, hearing, told_at, verdict = VERDICTS[case]
    news = None if told_at is None else at(told_at)
    assert judge(Unknown(NOON, age, resendable, hearing, news)) is verdict


SECONDS = st.floats(-10_000, 10_000)


@given(
    age=st.floats(0, 10_000), resendable=st.booleans(), since=SECONDS, until=SECONDS, gap=st.floats(0, 5_000),
    told_at=st.none() | SECONDS, deaf=st.booleans(),
)  # fmt: skip
def test_nothing_is_resent_without_90_seconds_of_hearing_after_the_last_gap_and_news_in_them(
    age: float, resendable: bool, since: float, until: float, gap: float, told_at: float | None, deaf: bool
) -> None:
    hearing = None if deaf else heard(since, min(until, age), gap)
    verdict = judge(Unknown(NOON, age, resendable, hearing, None if told_at is None else at(told_at)))
    if verdict is Verdict.RESEND:
        assert resendable and not deaf and age < 3600
        assert min(until, age) - max(0.0, since) >= max(90.0, min(gap, 600.0)) - 1e-3
        assert told_at is not None and told_at > max(0.0, since) - 1e-3
    if age >= 3600:
        assert verdict is Verdict.GIVE_UP


@pytest.fixture(autouse=True)
def _connected_long_ago(inbox: Inbox) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(working_since=timezone.now() - timedelta(seconds=5000))


@pytest.fixture
def lost(make_conversation: Make, graph: Graph) -> Message:
    """A message of the bot's of which nobody knows whether it arrived."""
    graph.script = [http.NoAnswer("timed out")]
    message = say(make_conversation(), "one")
    assert deliver(message.conversation) == Later(Left(90, abs=1))
    assert state(message) == "unknown"
    return message


def ripe(message: Message, *, seconds: float = 120.0) -> None:
    """We heard all for so long, and the number told of others."""
    pass_time(message, seconds)
    listening(since=5000)
    told(message.inbox, ago=5)


def test_after_90_seconds_of_hearing_the_bots_is_sent_again_with_the_same_key(lost: Message, graph: Graph) -> None:
    ripe(lost)
    assert deliver(lost.conversation) is None
    assert graph.texts == ["one", "one"]
    assert {body["biz_opaque_callback_data"] for body in graph.sends} == {str(lost.key)}
    assert (state(lost), lost.trouble) == ("sent", "")
    assert history(lost) == ["pending", "sending", "unknown", "pending", "sending", "sent"]


def test_with_webhooks_waiting_to_be_processed_it_is_not(lost: Message, graph: Graph, hook: Hook) -> None:
    ripe(lost)
    waiting = Delivery.objects.create(hook=hook, body=b"{}", received_at=timezone.now() - timedelta(seconds=60))
    assert deliver(lost.conversation) == Later(5.0)
    Delivery.objects.filter(pk=waiting.pk).update(state=Delivery.State.PROCESSED)
    assert deliver(lost.conversation) is None
    assert graph.texts == ["one", "one"]


def test_another_vendors_backlog_does_not_hold_it_up(lost: Message, graph: Graph) -> None:
    ripe(lost)
    elsewhere = Hook.objects.create(provider="whatsapp_cloud", secrets="x", verify_token="y")
    Delivery.objects.create(hook=elsewhere, body=b"{}", received_at=timezone.now() - timedelta(seconds=300))
    deliver(lost.conversation)
    assert state(lost) == "sent"


def test_after_an_outage_of_ours_the_time_begins_anew(lost: Message, graph: Graph) -> None:
    ripe(lost)
    listening(since=20, gap=30)
    assert deliver(lost.conversation) == Later(5.0)
    assert (state(lost), len(graph.sends)) == ("unknown", 1)


@pytest.mark.parametrize("way", ["disconnected", "suspended"])
def test_after_news_were_set_aside_by_us_the_time_begins_anew(
    lost: Message, graph: Graph, inbox: Inbox, workspace: Workspace, make_conversation: Make, way: str
) -> None:
    """What became of it may have been among them: they are in quarantine, and were not understood."""
    if way == "disconnected":
        disconnect(workspace, inbox)
        again = {"name": inbox.name, "bot": inbox.bot, "token": "new"}
        connect(workspace, provider=inbox.provider, external_key=inbox.external_key, hook=hook_of(inbox), **again)
    else:
        tenancy.suspend(workspace)
        tenancy.reactivate(workspace)
    ripe(lost)
    deliver(lost.conversation)
    assert (state(lost), len(graph.sends)) == ("unknown", 1)
    then = timezone.now() - timedelta(seconds=100)
    Inbox.objects.filter(pk=inbox.pk).update(working_since=then)
    workspace.reopened_at = then
    deliver(lost.conversation)
    assert (state(lost), len(graph.sends)) == ("sent", 2)


def test_an_intake_that_died_without_a_word_was_an_outage(lost: Message, graph: Graph) -> None:
    ripe(lost)
    listening(process="web.2", since=5000, seen=40)
    deliver(lost.conversation)
    assert state(lost) == "unknown"
    listening(process="web.2", since=5000, seen=200)
    deliver(lost.conversation)
    assert state(lost) == "sent"


def test_while_nobody_listens_nothing_is_sent_again(lost: Message, graph: Graph) -> None:
    ripe(lost)
    Pulse.objects.all().delete()
    deliver(lost.conversation)
    assert (state(lost), len(graph.sends)) == ("unknown", 1)


def test_a_status_of_a_later_message_is_the_evidence(
    lost: Message, graph: Graph, inbox: Inbox, make_conversation: Make
) -> None:
    pass_time(lost, 120)
    listening(since=5000)
    deliver(lost.conversation)
    assert state(lost) == "unknown"
    other = say(make_conversation(phone="447700900777"), "another")
    deliver(other.conversation)
    services.mark(inbox, tells(other, external_id=other.external_id or "wamid.other"))
    deliver(lost.conversation)
    assert state(lost) == "sent"


@pytest.mark.parametrize("age", [None, timedelta(seconds=200)], ids=["no time", "from before"])
def test_a_status_without_a_time_or_from_before_is_none(
    lost: Message, graph: Graph, inbox: Inbox, make_conversation: Make, age: timedelta | None
) -> None:
    pass_time(lost, 120)
    listening(since=5000)
    other = say(make_conversation(phone="447700900777"), "another")
    deliver(other.conversation)
    services.mark(inbox, tells(other, at=timezone.now() - age if age else None))
    deliver(lost.conversation)
    assert state(lost) == "unknown"


def test_a_vendors_clock_that_runs_ahead_counts_as_now(lost: Message, inbox: Inbox) -> None:
    services.mark(inbox, tells(lost, at=timezone.now() + timedelta(minutes=10)))
    found = InboxHealth.objects.get().status_at
    assert found is not None and (timezone.now() - found).total_seconds() == Ago(0, abs=2)


def test_the_next_status_settles_it_and_frees_what_it_held_back(lost: Message, graph: Graph, inbox: Inbox) -> None:
    say(lost.conversation, "two")
    deliver(lost.conversation)
    assert graph.texts == ["one"]
    WorkItem.objects.update(due_at=timezone.now() + timedelta(hours=1))
    services.mark(inbox, tells(lost, DeliveryState.DELIVERED))
    assert WorkItem.objects.get(kind="conversations.deliver").due_at <= timezone.now()
    deliver(lost.conversation)
    assert (state(lost), lost.external_id, lost.trouble) == ("delivered", f"wamid.of.{lost.pk}", "")
    assert graph.texts == ["one", "two"]


def test_the_bots_next_waits_until_it_is_decided_and_a_persons_15_seconds(
    lost: Message, graph: Graph, member: Member
) -> None:
    bots = say(lost.conversation, "from the bot")
    assert deliver(lost.conversation) == Later(Left(90, abs=1))
    pass_time(lost, 500)
    listening(since=5000)
    assert deliver(lost.conversation) == Later(5.0)
    assert graph.texts == ["one"]
    Message.objects.filter(pk=lost.pk).update(changed_at=timezone.now())
    services.reply(lost.conversation, text="from a person", user=member(Role.VENDOR).user)
    assert deliver(lost.conversation) == Later(Left(15, abs=1))
    pass_time(lost, 16)
    deliver(lost.conversation)
    assert graph.texts == ["one", "from a person"]
    assert (state(lost), state(bots)) == ("unknown", "cancelled")


def test_what_a_person_took_over_is_never_sent_again_by_itself(lost: Message, graph: Graph, member: Member) -> None:
    services.take_over(lost.conversation, user=member(Role.VENDOR).user, why=Conversation.Paused.PERSON)
    ripe(lost)
    deliver(lost.conversation)
    assert (state(lost), len(graph.sends)) == ("unknown", 1)
    pass_time(lost, 600)
    deliver(lost.conversation)
    assert (state(lost), len(graph.sends)) == ("unconfirmed", 1)


@pytest.mark.parametrize("way", ["taken over", "bot switched off", "taken over while it begins"])
def test_one_that_waits_to_be_sent_again_is_left_to_people_and_not_hidden_when_it_may_not(
    lost: Message, graph: Graph, inbox: Inbox, member: Member, way: str
) -> None:
    """Its first send may have arrived: people decide, or a late status does."""
    ripe(lost)
    graph.script = [refused(429, 130429)]
    deliver(lost.conversation)
    assert state(lost) == "pending"
    if way == "taken over":
        services.take_over(lost.conversation, user=member(Role.VENDOR).user, why=Conversation.Paused.PERSON)
    elif way == "bot switched off":
        switch_bot(inbox.bot, on=False)
    else:
        Conversation.objects.update(epoch=5)
        assert not delivering._start(lost, claim())
    assert (state(lost), len(graph.sends)) == ("unconfirmed", 2)
    services.mark(inbox, tells(lost, DeliveryState.DELIVERED))
    assert state(lost) == "delivered"


def test_one_that_was_surely_refused_is_cancelled_by_a_takeover(
    make_conversation: Make, graph: Graph, member: Member
) -> None:
    graph.script = [refused(429, 130429)]
    message = say(make_conversation(), "one")
    deliver(message.conversation)
    services.take_over(message.conversation, user=member(Role.VENDOR).user, why=Conversation.Paused.PERSON)
    assert state(message) == "cancelled"


def test_a_persons_is_never_sent_again_by_itself(make_conversation: Make, graph: Graph, member: Member) -> None:
    graph.script = [http.NoAnswer("timed out")]
    conversation = make_conversation()
    message = services.reply(conversation, text="mine", user=member(Role.VENDOR).user)
    deliver(conversation)
    ripe(message)
    deliver(conversation)
    assert (state(message), len(graph.sends)) == ("unknown", 1)


def test_after_ten_minutes_it_is_unconfirmed_and_blocks_nobody(lost: Message, graph: Graph) -> None:
    say(lost.conversation, "two")
    pass_time(lost, 601)
    listening(since=5000)
    assert deliver(lost.conversation) is None
    assert (state(lost), graph.texts) == ("unconfirmed", ["one", "two"])
    assert history(lost) == ["pending", "sending", "unknown", "unconfirmed"]


def test_a_late_status_settles_an_unconfirmed_one(lost: Message, inbox: Inbox) -> None:
    Message.objects.filter(pk=lost.pk).update(state="unconfirmed")
    services.mark(inbox, tells(lost, DeliveryState.READ))
    assert state(lost) == "read"


def test_a_late_status_keeps_what_waits_to_be_sent_again_from_being_sent_twice(
    lost: Message, graph: Graph, inbox: Inbox, member: Member
) -> None:
    Message.objects.filter(pk=lost.pk).update(state="unconfirmed")
    assert services.retry(lost, user=member(Role.VENDOR).user)
    services.mark(inbox, tells(lost, DeliveryState.DELIVERED))
    deliver(lost.conversation)
    assert (state(lost), graph.texts) == ("delivered", ["one"])


def test_a_message_left_sending_by_dead_hands_is_unknown(make_conversation: Make, graph: Graph) -> None:
    message = say(make_conversation(), "one")
    held = claim()
    assert delivering._start(message, held)
    deliver(message.conversation)
    assert (state(message), graph.sends) == ("unknown", [])


def test_hands_that_come_back_after_their_lease_ran_out_change_nothing(make_conversation: Make, graph: Graph) -> None:
    """They were refused for sure; but whoever has the lease now may be sending it again already."""
    message = say(make_conversation(), "one")
    first = claim()
    assert delivering._start(message, first)
    deliver(message.conversation)
    ripe(message)
    second = claim()
    assert delivering._settled(message.conversation_id, second).pending == [message]
    assert delivering._start(message, second)
    delivering._not_sent(message, Failure(Trouble.THROTTLED), first)
    assert state(message) == "sending"
    assert not claims.hold(first)


def test_news_of_a_send_that_failed_are_none_of_its_next_one(
    make_conversation: Make, graph: Graph, inbox: Inbox, member: Member
) -> None:
    message = say(make_conversation(), "one")
    deliver(message.conversation)
    failed = tells(
        message, DeliveryState.FAILED, external_id=message_id(message), failure=Failure(Trouble.UNDELIVERABLE)
    )
    services.mark(inbox, failed)
    message.refresh_from_db()
    assert services.retry(message, user=member(Role.VENDOR).user)
    services.mark(inbox, failed)  # the vendor repeats itself
    assert state(message) == "pending"
    deliver(message.conversation)
    services.mark(inbox, failed)
    assert (state(message), message.former_ids, len(graph.sends)) == ("sent", [failed.external_id], 2)
    assert message.external_id not in (None, failed.external_id)


def message_id(message: Message) -> str:
    message.refresh_from_db()
    assert message.external_id
    return message.external_id
