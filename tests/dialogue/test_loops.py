"""Two machines that talk to each other are stopped within six turns; people who write fast or often are not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.conversations.models import Conversation, Message, StateChange
from apps.conversations.states import move
from apps.dialogue.loops import MOST_A_DAY, MOST_AN_HOUR, Round, is_loop, looping
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.handoff.services import resolve
from apps.llm.base import Reply
from tests.dialogue.model import Model
from tests.dialogue.turns import outcomes, replies, take_turn

Receive = Callable[..., Message]

AUTOMATIC = "Thank you for your message. We are out of the office and will answer on Monday."
#: What another assistant answers: never the same, never short, never slow.
CHATTY = [
    "Hello! I would be delighted to help you with anything you need today.",
    "Certainly, our opening hours depend on the season and the branch you visit.",
    "That is a great question, let me tell you all that I know about bicycles.",
    "Of course, may I also offer you our newsletter with many good offers?",
    "I understand completely, and I appreciate your patience with me today.",
    "Indeed, is there anything else that I could possibly do for you now?",
    "Wonderful, I am always here for you whenever you may need some help.",
]


def rounds(*said: tuple[str, float]) -> list[Round]:
    return [Round(text, seconds) for text, seconds in said]


@pytest.mark.parametrize(
    ("last", "loop"),
    [
        (rounds(*[(AUTOMATIC, 600)] * 5), True),
        (rounds(*[(f"Ticket {number}: received.", 90) for number in range(5)]), True),
        (rounds(*[(text, 1.5) for text in CHATTY[:5]]), True),
        (rounds((AUTOMATIC, 60), (CHATTY[0], 1), (AUTOMATIC, 60), (CHATTY[1], 1), (CHATTY[2], 2)), True),
        (rounds(*[(text, 1.5) for text in CHATTY[:4]]), False),
        (rounds(*[(text, 1.5) for text in CHATTY[:4]], ("and in red?", 8)), False),
        (rounds(*[(text, 20) for text in CHATTY[:5]]), False),
        (rounds(("yes", 2), ("no", 2), ("blue", 3), ("tomorrow", 4), ("ok great", 3)), False),
    ],
    ids=[
        "the same each time", "the same but for a number", "too fast to type", "either", "four are not enough",
        "one of five is a person's", "long but slow", "short and quick",
    ],
)  # fmt: skip
def test_what_is_a_loop(last: list[Round], loop: bool) -> None:
    assert is_loop(last) is loop


def exchange(receive: Receive, text: str, *, after: float) -> None:
    """They write so many seconds after our last reply left; we take our turn, and what we say leaves."""
    message = receive(text)
    left = StateChange.objects.filter(state="sending").order_by("-id").values_list("at", flat=True).first()
    if left is not None:
        Message.objects.filter(pk=message.pk).update(created_at=left + timedelta(seconds=after))
    take_turn()
    for reply in Message.objects.filter(direction="out", state="pending"):
        move(reply, Message.State.SENDING)
        move(reply, Message.State.SENT)


def test_an_assistant_at_the_other_end_is_left_to_people_at_the_sixth_turn(receive: Receive, model: Model) -> None:
    for text in CHATTY[:6]:
        exchange(receive, text, after=1.0)
    assert outcomes() == ["answered"] * 5 + ["loop"]
    assert (len(model.prompts), len(replies())) == (5, 5)
    handoff = Handoff.objects.get()
    assert (handoff.state, handoff.asked_by, Conversation.objects.get().ai_on) == ("pending", "bot", False)
    exchange(receive, CHATTY[6], after=1.0)
    assert outcomes()[-1] == "person_talking"


def test_an_automatic_answer_is_left_to_people_however_slow_it_is(receive: Receive) -> None:
    for _ in range(6):
        exchange(receive, AUTOMATIC, after=200.0)
    assert outcomes() == ["answered"] * 5 + ["loop"]


def test_somebody_who_writes_much_is_answered(receive: Receive) -> None:
    for place, text in enumerate(CHATTY):
        exchange(receive, text, after=15.0 + place)
    assert outcomes() == ["answered"] * 7


def test_rounds_of_different_days_are_no_loop(receive: Receive) -> None:
    for _ in range(4):
        exchange(receive, AUTOMATIC, after=1.0)
    long_ago = timedelta(days=1)
    for turn in Turn.objects.all():
        Turn.objects.filter(pk=turn.pk).update(created_at=turn.created_at - long_ago)
    for _ in range(2):
        exchange(receive, AUTOMATIC, after=1.0)
    assert outcomes() == ["answered"] * 6


def test_after_people_ended_a_loop_counting_begins_anew(receive: Receive, member: Callable[..., Membership]) -> None:
    for _ in range(6):
        exchange(receive, AUTOMATIC, after=1.0)
    resolve(Conversation.objects.get(), user=member(Role.VENDOR).user)
    for _ in range(6):
        exchange(receive, AUTOMATIC, after=1.0)
    assert outcomes() == (["answered"] * 5 + ["loop"]) * 2


def test_a_model_that_says_nothing_ends_the_row(receive: Receive, model: Model) -> None:
    model.answers = [*[Reply("Hello.", "test")] * 3, Reply("", "test")]
    for _ in range(6):
        exchange(receive, AUTOMATIC, after=1.0)
    assert outcomes() == ["answered"] * 3 + ["nothing_to_say"] + ["answered"] * 2


def test_a_reply_that_has_not_left_yet_is_no_round(receive: Receive) -> None:
    for text in CHATTY[:5]:
        exchange(receive, text, after=1.0)
    StateChange.objects.filter(state="sending").last().delete()  # type: ignore[union-attr]
    receive(CHATTY[5])
    take_turn()
    assert outcomes()[-1] == "answered"


#: Two bots that are neither quick nor repeat themselves: nothing in a round of theirs shows that they are none.
SLOW = [f"{CHATTY[place % 7]} {chr(97 + place % 26) * 3} {chr(97 + place // 26) * 4}" for place in range(250)]


def answered_before(conversation: Conversation, number: int, *, apart: float) -> None:
    """So many turns, each answered, so many seconds apart, the last of them as long ago."""
    now = timezone.now()
    for place in range(number):
        received = Message.objects.create(
            conversation=conversation, inbox=conversation.inbox, direction="in", author="contact", text=SLOW[place],
            state="received", answered_at=now,
        )  # fmt: skip
        turn = Turn.objects.create(conversation=conversation, messages=[received.pk], outcome="answered", epoch=0)
        Turn.objects.filter(pk=turn.pk).update(created_at=now - timedelta(seconds=apart * (number - place)))


@pytest.mark.parametrize(
    ("number", "apart", "outcome", "detail"),
    [
        (MOST_AN_HOUR, 50.0, "loop", f"{MOST_AN_HOUR} answers within an hour."),
        (MOST_AN_HOUR - 1, 50.0, "answered", ""),
        (MOST_AN_HOUR + 10, 65.0, "answered", ""),
        (MOST_A_DAY, 200.0, "loop", f"{MOST_A_DAY} answers within a day."),
        (MOST_A_DAY - 1, 200.0, "answered", ""),
    ],
    ids=["an hour", "one less", "slower than a person who writes all day", "a day", "one less in a day"],
)
def test_more_answers_than_a_person_asks_for_are_left_to_people(
    receive: Receive, model: Model, number: int, apart: float, outcome: str, detail: str
) -> None:
    answered_before(receive("Hello").conversation, number, apart=apart)
    take_turn()
    turn = Turn.objects.latest("id")
    assert (turn.outcome, turn.detail) == (outcome, detail)
    assert len(model.prompts) == int(outcome == "answered")
    assert Handoff.objects.exists() is (outcome == "loop")


def test_after_people_ended_it_answers_are_counted_anew(receive: Receive, member: Callable[..., Membership]) -> None:
    conversation = receive("Hello").conversation
    answered_before(conversation, MOST_AN_HOUR, apart=50.0)
    take_turn()
    resolve(conversation, user=member(Role.VENDOR).user)
    receive("Hello again")
    take_turn()
    assert outcomes()[-2:] == ["loop", "answered"]


def test_conversations_that_are_slow_now_are_not_counted(receive: Receive) -> None:
    """What a turn costs everybody else stays as it was."""
    conversation = receive("Hello").conversation
    answered_before(conversation, 10, apart=600.0)
    with CaptureQueriesContext(connection) as queries:
        assert looping(conversation.pk, [Message.objects.latest("id")]) == ""
    assert not [query for query in queries.captured_queries if f"LIMIT {MOST_A_DAY * 2}" in query["sql"]]
