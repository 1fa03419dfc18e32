"""The quiet window is a row: it outlives every process, and a steady typist is answered within its cap."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.dialogue import services
from apps.dialogue.models import Turn
from apps.ingest.models import Delivery
from apps.tenants.models import Hook
from apps.work import claims, pulse
from apps.work.models import Bucket, Pulse, WorkItem
from apps.work.runner import Later
from tests.clocks import Left
from tests.dialogue.model import Model
from tests.dialogue.turns import claim, outcomes, replies, take_turn

Receive = Callable[..., Message]


@pytest.fixture(autouse=True)
def patient(bot: Bot) -> None:
    """As shipped: 3 s after the last message, at most 20 s after the first."""
    Bot.objects.update(quiet_seconds=3, quiet_limit_seconds=20)


def due_in() -> float:
    due = WorkItem.objects.get(kind=services.TAKE_TURNS).due_at
    assert due is not None
    return (due - timezone.now()).total_seconds()


def due_after_the_first() -> float:
    due = WorkItem.objects.get(kind=services.TAKE_TURNS).due_at
    assert due is not None
    return (due - Message.objects.earliest("pk").created_at).total_seconds()


def older(seconds: float) -> None:
    """Everything received so far came so many seconds earlier."""
    for message in Message.objects.all():
        Message.objects.filter(pk=message.pk).update(created_at=message.created_at - timedelta(seconds=seconds))


def test_each_message_begins_three_quiet_seconds(receive: Receive) -> None:
    receive("Hi")
    assert due_in() == Left(3)
    older(2)
    receive("I have a question")
    assert due_in() == Left(3)
    assert claims.claim(services.TAKE_TURNS, lease=30, share=10) == []


def test_a_steady_typist_is_answered_20_seconds_after_the_first_message(receive: Receive, model: Model) -> None:
    for _ in range(9):
        receive("and another thing")
        assert due_in() <= 3.1
        older(2)
    receive("and another thing")
    assert due_after_the_first() == pytest.approx(20, abs=0.01)
    older(2)
    receive("and the last thing")
    assert due_after_the_first() == pytest.approx(20, abs=0.01)
    take_turn()
    assert (len(model.prompts), len(replies()), len(Turn.objects.get().messages)) == (1, 1, 11)


def test_ten_fragments_are_one_call_and_one_reply_though_hands_died_meanwhile(receive: Receive, model: Model) -> None:
    """Hands that had the turn when more came are gone; whoever takes it next sees all."""
    for number in range(5):
        receive(f"part {number}")
    claim()  # and nothing more is heard of these hands
    for number in range(5, 10):
        receive(f"part {number}")
    WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    take_turn()
    assert [len(prompt.said) for prompt in model.prompts] == [10]
    assert (len(replies()), Turn.objects.get().reruns) == (1, 0)
    assert WorkItem.objects.get(kind=services.TAKE_TURNS).due_at is None


def test_what_comes_while_the_turn_is_under_way_keeps_its_own_time(receive: Receive, model: Model) -> None:
    receive("Hi")
    model.meanwhile = [lambda: receive("and on Sunday?"), lambda: receive("and on Monday?")]
    take_turn()
    assert (len(model.prompts), Turn.objects.get().reruns) == (2, 1)
    assert due_in() == Left(3)


def test_a_turn_that_cannot_be_decided_is_let_go_and_the_next_message_is_answered(
    receive: Receive, model: Model
) -> None:
    poison = receive("poison")
    model.meanwhile = [_raise] * 5
    older(5)
    for _ in range(5):
        Bucket.objects.all().delete()
        held = claim()
        with pytest.raises(RuntimeError):
            services.take_turn(held)
        if held.attempts == 5:
            services.set_aside(held)
        claims.fail(held, "RuntimeError")
    assert (outcomes(), replies()) == (["set_aside"], [])
    poison.refresh_from_db()
    assert poison.answered_at is not None
    receive("Are you open?")
    take_turn()
    assert (outcomes(), len(replies())) == (["set_aside", "answered"], 1)
    assert [said.text for said in model.prompts[-1].said][-1] == "Are you open?"


def test_what_came_after_the_poison_is_not_let_go_with_it(receive: Receive, model: Model) -> None:
    receive("poison")
    older(5)
    held = claim()
    later = receive("Are you open?")
    services.set_aside(held)
    claims.set_aside(held, "its hands died")
    later.refresh_from_db()
    assert (later.answered_at, outcomes()) == (None, ["set_aside"])
    take_turn()
    assert (outcomes(), len(replies())) == (["set_aside", "answered"], 1)


def test_hands_that_lost_the_turn_let_nothing_go(receive: Receive) -> None:
    receive("Hello")
    stale = claim()
    WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    claims.claim(services.TAKE_TURNS, lease=30, share=10)
    services.set_aside(stale)
    assert outcomes() == []


def test_who_wants_no_messages_gets_none_of_those_that_waited(receive: Receive, model: Model) -> None:
    conversation = receive("Hello").conversation
    waiting = conversations.queue(lock(conversation.pk), text="An offer!", author=Message.Author.BOT)[0]
    receive("STOP")
    take_turn()
    waiting.refresh_from_db()
    assert (waiting.state, outcomes()) == ("cancelled", ["stopped"])
    assert [text for _, text in replies() if text != "An offer!"] == [
        "You will not get any more messages from us. Write START if you change your mind."
    ]
    assert Contact.objects.get().opted_out_at is not None


def test_a_person_who_answers_as_the_silence_ends_keeps_the_conversation(receive: Receive, member: object) -> None:
    """The bot looks, the person answers, the bot would give itself the conversation back."""
    conversation = receive("Hello").conversation
    conversations.take_over(conversation, user=None, why=Conversation.Paused.PERSON)
    Conversation.objects.update(ai_paused_at=timezone.now() - timedelta(hours=13))
    seen = Conversation.objects.get()
    conversations.reply(conversation, text="I am here", user=None, via="CRM")
    assert not conversations.resume_after_silence(seen, hours=12)
    assert not Conversation.objects.get().ai_on


def _raise() -> None:
    raise RuntimeError


def test_a_turn_waits_for_the_rest_of_its_burst_that_dead_workers_left_unread_but_not_beyond_the_limit(
    receive: Receive, model: Model, hook: Hook
) -> None:
    receive("part one")
    pulse.beat("worker.1", "default", 2)
    Pulse.objects.update(seen_at=timezone.now() - timedelta(seconds=4))
    Delivery.objects.create(hook=hook, body=b"")
    outcome = take_turn()
    assert isinstance(outcome, Later) and outcome.seconds == services.LAG_PAUSE_SECONDS
    assert model.prompts == []
    older(21)
    assert take_turn() is None
    assert [len(prompt.said) for prompt in model.prompts] == [1]
