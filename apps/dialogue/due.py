"""When a turn is due: after a quiet while, or when its inbox works again. Rows, so that restarts change nothing."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from apps.conversations.models import Message
from apps.core.statements import Statement
from apps.inboxes.models import Inbox
from apps.work import ages
from apps.work.hearing import lagging, not_understood_since
from apps.work.services import make_all_due, make_each_due, no_longer_due

TAKE_TURNS = "dialogue.take_turns"
CATCH_UP = "dialogue.catch_up"
HOLD_THE_LINE = "dialogue.hold_the_line"
#: What is to be said to who waits, by the age at which it is.
WAITS = ("told_to_wait", "waits_for_model")

#: What is late is answered at the latest so long after the first of it was stored.
LATE_LIMIT_SECONDS = 60
#: How soon somebody looks whether all of what is late is understood, and looks again.
CATCH_UP_SECONDS = 1.0

# Whoever gathers nothing, having no quiet time, waits for nothing that is late either.
QUIET = Statement("""
SELECT m.conversation_id, m.inbox_id, extract(epoch FROM CASE WHEN %s::boolean AND b.quiet_seconds > 0
  THEN min(m.created_at) + make_interval(secs => greatest(%s::integer, b.quiet_limit_seconds)) - clock_timestamp()
  ELSE least(min(m.created_at) + make_interval(secs => b.quiet_limit_seconds) - clock_timestamp(),
             make_interval(secs => b.quiet_seconds)) END)
FROM conversations_message m JOIN inboxes_inbox i ON i.id = m.inbox_id JOIN bots_bot b ON b.id = i.bot_id
WHERE m.conversation_id = ANY(%s::bigint[]) AND m.direction = 'in' AND m.answered_at IS NULL
GROUP BY m.conversation_id, m.inbox_id, b.quiet_limit_seconds, b.quiet_seconds
""")
# Of each conversation of an inbox that waits: the rest of its quiet time, and whether nothing may be missing.
UNDERSTOOD = """
SELECT m.conversation_id,
       extract(epoch FROM make_interval(secs => b.quiet_seconds) + max(m.created_at) - clock_timestamp()),
       %(since)s IS NULL OR max(m.created_at) < %(since)s
FROM conversations_message m JOIN inboxes_inbox i ON i.id = m.inbox_id JOIN bots_bot b ON b.id = i.bot_id
WHERE m.inbox_id = %(inbox)s AND m.direction = 'in' AND m.answered_at IS NULL
GROUP BY m.conversation_id, b.quiet_seconds
"""


def begin_to_wait(conversation_id: int) -> None:
    """The model is asked now. When an answer takes too long, the customer is told, and later given to people."""
    make_each_due(HOLD_THE_LINE, {f"{conversation_id}:{name}": ages.seconds(name) for name in WAITS})


def end_to_wait(conversation_id: int) -> None:
    """There is an answer, or none is needed."""
    no_longer_due(HOLD_THE_LINE, [f"{conversation_id}:{name}" for name in WAITS])


def make_turns_due(conversation_ids: Sequence[int], *, late: bool = False) -> None:
    """The turns are due after the bot's quiet time, counted anew with each message up to a limit from the first one.

    Of what is `late` more waits to be understood: the turns wait until their inbox has caught up, but no longer than
    LATE_LIMIT_SECONDS.
    """
    found = QUIET.rows([late, LATE_LIMIT_SECONDS, list(conversation_ids)])
    if found:
        make_each_due(TAKE_TURNS, {str(pk): float(after) for pk, _, after in found}, exactly=True)
    if found and late:
        make_each_due(CATCH_UP, {str(inbox_id): CATCH_UP_SECONDS for _, inbox_id, _ in found})


def more_is_coming(inbox: Inbox, oldest: Message, most_seconds: float) -> bool:
    """Whether text of the same burst may wait to be understood because workers have died of late.

    Not once the oldest unanswered message has waited for `most_seconds`.
    """
    young = Message.objects.filter(pk=oldest.pk, created_at__gt=Now() - timedelta(seconds=most_seconds))
    return inbox.hook_id is not None and lagging(inbox.hook_id, inbox.external_key) and young.exists()


def make_waiting_turns_due(inbox_id: int) -> None:
    """All turns that wait for the inbox are due now."""
    waiting = Message.objects.filter(inbox=inbox_id, direction=Message.Direction.IN, answered_at__isnull=True)
    make_all_due(TAKE_TURNS, sorted(set(waiting.values_list("conversation_id", flat=True))))


def caught_up(inbox_id: int) -> bool:
    """Lets those turns of the inbox go of whose customers all is understood that had come in when the newest of it was
    stored: they are due after the quiet time at the latest. Whether none is left that waits.
    """
    inbox = Inbox.objects.filter(pk=inbox_id).first()
    if inbox is None:
        return True
    since = not_understood_since(inbox.hook_id, inbox.external_key) if inbox.hook_id is not None else None
    with connection.cursor() as cursor:
        cursor.execute(UNDERSTOOD, {"inbox": inbox_id, "since": since})
        found = cursor.fetchall()
    make_each_due(TAKE_TURNS, {str(pk): float(after) for pk, after, understood in found if understood})
    return all(understood for _, _, understood in found)
