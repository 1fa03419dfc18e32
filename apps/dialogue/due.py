"""When a turn is due: after a quiet while, or when its inbox works again. Rows, so that restarts change nothing."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from apps.conversations.models import Message
from apps.inboxes.models import Inbox
from apps.work import ages
from apps.work.hearing import lagging
from apps.work.services import make_all_due, make_each_due, no_longer_due

TAKE_TURNS = "dialogue.take_turns"
HOLD_THE_LINE = "dialogue.hold_the_line"
#: What is to be said to who waits, by the age at which it is.
WAITS = ("told_to_wait", "waits_for_model")

# Whoever gathers nothing, having no quiet time, waits for nothing that is late either.
QUIET = """
SELECT m.conversation_id,
       extract(epoch FROM least(min(m.created_at) + make_interval(secs => b.quiet_limit_seconds) - clock_timestamp(),
                                CASE WHEN b.quiet_seconds = 0 OR NOT %s THEN make_interval(secs => b.quiet_seconds) END
                               ))
FROM conversations_message m JOIN inboxes_inbox i ON i.id = m.inbox_id JOIN bots_bot b ON b.id = i.bot_id
WHERE m.conversation_id = ANY(%s) AND m.direction = 'in' AND m.answered_at IS NULL
GROUP BY m.conversation_id, b.quiet_limit_seconds, b.quiet_seconds
"""


def begin_to_wait(conversation_id: int) -> None:
    """The model is asked now. When an answer takes too long, the customer is told, and later given to people."""
    make_each_due(HOLD_THE_LINE, {f"{conversation_id}:{name}": ages.seconds(name) for name in WAITS})


def end_to_wait(conversation_id: int) -> None:
    """There is an answer, or none is needed."""
    no_longer_due(HOLD_THE_LINE, [f"{conversation_id}:{name}" for name in WAITS])


def make_turns_due(conversation_ids: Sequence[int], *, late: bool = False) -> None:
    """The turns are due after the bot's quiet time, counted anew with each message up to a limit from the first one.

    Of what is `late` more may wait to be understood: that limit alone counts, until `all_is_understood`.
    """
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [late, list(conversation_ids)])
        afters = {str(conversation_id): float(after) for conversation_id, after in cursor.fetchall()}
    if afters:
        make_each_due(TAKE_TURNS, afters, exactly=True)


def more_is_coming(inbox: Inbox, oldest: Message, most_seconds: float) -> bool:
    """Whether text of the same burst may wait to be understood because workers have died of late.

    Not once the oldest unanswered message has waited for `most_seconds`.
    """
    young = Message.objects.filter(pk=oldest.pk, created_at__gt=Now() - timedelta(seconds=most_seconds))
    return inbox.hook_id is not None and lagging(inbox.hook_id, inbox.external_key) and young.exists()


def make_waiting_turns_due(inbox_id: int) -> None:
    """All turns that wait for the inbox are due now."""
    make_all_due(TAKE_TURNS, sorted(_waiting(inbox_id)))


def all_is_understood(inbox_id: int) -> None:
    """What came late by the inbox is stored to the last: its turns are due after the quiet time, if not before."""
    quiet = float(Inbox.objects.values_list("bot__quiet_seconds", flat=True).get(pk=inbox_id))
    make_each_due(TAKE_TURNS, {str(conversation_id): quiet for conversation_id in _waiting(inbox_id)})


def _waiting(inbox_id: int) -> set[int]:
    unanswered = Message.objects.filter(inbox=inbox_id, direction=Message.Direction.IN, answered_at__isnull=True)
    return set(unanswered.values_list("conversation_id", flat=True))
