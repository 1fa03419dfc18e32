"""Whether another machine is at the other end: two of them would talk to each other for ever."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.utils import timezone

from apps.conversations.models import Message, StateChange
from apps.core.statements import Statement, columns
from apps.dialogue.models import Turn

#: So many rounds in a row that no person would write make a loop; the next turn is not taken any more.
ROUNDS = 5
#: Characters a second from our reply to theirs, reading included. Fast typists reach seven without reading.
FASTEST_PERSON = 12.0
#: Rounds further apart than this are no conversation of machines.
TOGETHER = timedelta(minutes=30)

#: Slow machines that never say the same twice are told by how much they ask. A person who reads an answer, thinks and
#: writes takes a minute; nobody keeps that up for an hour without a pause, nor comes near to 200 questions in a day.
MOST_AN_HOUR = 60
MOST_A_DAY = 200

NEWEST = Statement(f"""
SELECT {columns(Turn)} FROM dialogue_turn WHERE conversation_id = %s ORDER BY id DESC LIMIT %s
""")  # noqa: S608  # nosec B608  # columns of ours
_NOT_WORDS = re.compile(r"[\W\d_]+")


@dataclass(frozen=True)
class Round:
    """What came back to a reply of ours, and how many seconds after it left."""

    text: str
    seconds: float


def is_loop(rounds: Sequence[Round]) -> bool:
    """Whether each of the last rounds, oldest first, repeats an earlier one or was faster than a person is."""
    if len(rounds) < ROUNDS:
        return False
    last = rounds[-ROUNDS:]
    said = [_NOT_WORDS.sub(" ", one.text.lower()).strip() for one in last]
    repeated = [said.count(words) > 1 for words in said]
    fast = [len(one.text) / (one.seconds + 1.0) > FASTEST_PERSON for one in last]
    return all(again or quick for again, quick in zip(repeated, fast, strict=True))


def looping(conversation_id: int, unanswered: Sequence[Message]) -> str:
    """Why what is unanswered now is one round too many of a loop; empty when it is none.

    A loop that people ended counts no more.
    """
    turns = NEWEST.objects(Turn, [conversation_id, ROUNDS + 1])[::-1]
    turns = turns[next((place + 1 for place, turn in enumerate(turns) if turn.outcome == Turn.Outcome.LOOP), 0) :]
    if _in_a_row(turns, unanswered):
        return f"{ROUNDS} rounds that no person writes."
    busy = len(turns) > ROUNDS and timezone.now() - turns[0].created_at < TOGETHER
    return _too_many(conversation_id) if busy else ""


def _in_a_row(turns: Sequence[Turn], unanswered: Sequence[Message]) -> bool:
    """Whether each of the last rounds was one that no person would write."""
    answered = [turn for turn in turns if turn.outcome == Turn.Outcome.ANSWERED]
    if len(answered) < ROUNDS or len(answered) < len(turns):
        return False
    left = _left(answered)
    asked = _received(answered)
    following = [*(asked[turn.pk] for turn in answered[1:]), list(unanswered)]
    rounds = [
        Round("\n".join(one.text for one in came), (came[0].created_at - left[turn.pk]).total_seconds())
        for turn, came in zip(answered, following, strict=True)
        if came and turn.pk in left
    ]
    together = bool(unanswered) and unanswered[0].created_at - answered[-ROUNDS].created_at < TOGETHER
    return together and is_loop(rounds)


def _too_many(conversation_id: int) -> str:
    """Whether more was answered than any person asks, and in what time; empty when it was not."""
    turns = Turn.objects.filter(conversation=conversation_id).order_by("-id").values_list("outcome", "created_at")
    since_loop = takewhile(lambda turn: turn[0] != Turn.Outcome.LOOP, turns[: MOST_A_DAY * 2])
    ages = [timezone.now() - created_at for outcome, created_at in since_loop if outcome == Turn.Outcome.ANSWERED]
    if sum(age < timedelta(hours=1) for age in ages) >= MOST_AN_HOUR:
        return f"{MOST_AN_HOUR} answers within an hour."
    if sum(age < timedelta(days=1) for age in ages) >= MOST_A_DAY:
        return f"{MOST_A_DAY} answers within a day."
    return ""


def _left(turns: Sequence[Turn]) -> dict[int, datetime]:
    """When the last reply of each turn left."""
    of = {reply: turn.pk for turn in turns for reply in turn.replies}
    sent = StateChange.objects.filter(message__in=of, state=Message.State.SENDING).order_by("id")
    return {of[message_id]: at for message_id, at in sent.values_list("message_id", "at")}


def _received(turns: Sequence[Turn]) -> dict[int, list[Message]]:
    """What each turn was about, oldest first."""
    rows = Message.objects.in_bulk([pk for turn in turns for pk in turn.messages])
    return {turn.pk: [rows[pk] for pk in sorted(turn.messages) if pk in rows] for turn in turns}
