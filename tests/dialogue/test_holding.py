"""Who waits long for the model is told so after 20 s, and people get the conversation after 90 s."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.conversations.models import Conversation, Message
from apps.conversations.services import take_over
from apps.dialogue import holding
from apps.dialogue.due import HOLD_THE_LINE, begin_to_wait
from apps.dialogue.models import Turn
from apps.dialogue.services import TAKE_TURNS
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.work import claims
from apps.work.models import WorkItem
from tests.clocks import Left
from tests.dialogue.model import Model
from tests.dialogue.turns import outcomes, replies, take_turn

Receive = Callable[..., Message]
HOLDING = ("bot", "One moment please, I am still looking into this.")
FAILED = ("bot", "I cannot answer that right now. A colleague will get back to you here.")


def waiting() -> dict[str, float]:
    """In how many seconds what is to be said."""
    due = WorkItem.objects.filter(kind=HOLD_THE_LINE, due_at__isnull=False).values_list("key", "due_at")
    return {key.partition(":")[2]: (at - timezone.now()).total_seconds() for key, at in due if at}


def speak(age: str) -> None:
    """It has come to be that late."""
    WorkItem.objects.filter(kind=HOLD_THE_LINE, key__endswith=f":{age}").update(due_at=timezone.now())
    (held,) = claims.claim(HOLD_THE_LINE, lease=30, share=10)
    holding.hold_the_line(held)
    claims.finish(held)


def test_an_answer_in_time_leaves_nothing_to_say(receive: Receive, model: Model) -> None:
    receive("When do you open?")
    take_turn()
    assert (waiting(), replies()) == ({}, [("bot", "We open early.")])


def test_the_wait_begins_when_the_model_is_asked_and_not_anew_with_a_second_question(
    receive: Receive, model: Model
) -> None:
    receive("When do you open?")
    seen: list[dict[str, float]] = []

    def ask_again() -> None:
        seen.append(waiting())
        WorkItem.objects.filter(key__endswith=":waits_for_model").update(due_at=timezone.now() + timedelta(seconds=5))
        begin_to_wait(Conversation.objects.get().pk)
        seen.append(waiting())

    model.meanwhile = [ask_again]
    take_turn()
    told = {"told_to_wait": Left(20)}
    assert seen == [{**told, "waits_for_model": Left(90)}, {**told, "waits_for_model": Left(5)}]


def test_who_waits_is_told_once_and_then_answered(receive: Receive, model: Model) -> None:
    receive("When do you open?")
    model.meanwhile = [lambda: (speak("told_to_wait"), speak("told_to_wait"))]
    take_turn()
    assert replies() == [HOLDING, ("bot", "We open early.")]
    assert (outcomes(), waiting()) == (["answered"], {})


def test_who_waits_too_long_gets_a_person_and_the_late_answer_is_not_said(receive: Receive, model: Model) -> None:
    message = receive("When do you open?")
    model.meanwhile = [lambda: (speak("told_to_wait"), speak("waits_for_model"))]
    take_turn()
    assert replies() == [HOLDING, FAILED]
    assert (outcomes(), Turn.objects.get().detail) == (["model_failed"], "No answer within 90 s.")
    assert Handoff.objects.get(conversation=message.conversation_id).state == Handoff.State.PENDING
    assert (waiting(), len(model.prompts)) == ({}, 1)
    assert not WorkItem.objects.filter(kind=TAKE_TURNS, due_at__isnull=False).exists()


def test_hands_that_died_in_the_models_call_keep_nobody_from_being_told(receive: Receive) -> None:
    message = receive("When do you open?")
    begin_to_wait(message.conversation_id)
    speak("told_to_wait")
    assert replies() == [HOLDING]


def test_nobody_is_told_to_wait_by_a_number_that_is_broken(receive: Receive, inbox: Inbox) -> None:
    begin_to_wait(receive("When do you open?").conversation_id)
    Inbox.objects.filter(pk=inbox.pk).update(state=Inbox.State.BROKEN)
    speak("told_to_wait")
    assert replies() == []


def test_whom_a_person_has_taken_over_hears_nothing_of_waiting(
    receive: Receive, member: Callable[..., Membership]
) -> None:
    message = receive("When do you open?")
    begin_to_wait(message.conversation_id)
    user = member(Role.VENDOR).user
    take_over(Conversation.objects.get(pk=message.conversation_id), user=user, why=Conversation.Paused.PERSON)
    speak("told_to_wait")
    speak("waits_for_model")
    assert (replies(), outcomes()) == ([], [])
