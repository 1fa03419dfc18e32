"""Which conversations owe something: an answer, or a send that is not settled. Each should have an item of work."""

from dataclasses import dataclass

from django.db import connection, models
from django.db.models.functions import Now

from apps.conversations.models import Message

#: What is younger may be about to get its item.
YOUNG_SECONDS = 60.0
#: More than so many are not looked at in one go.
MOST = 20_000

# Both are small: indexes hold nothing but what is open.
_OPEN = """
SELECT conversation_id, min(created_at) < statement_timestamp() - make_interval(secs => %(young)s)
FROM conversations_message WHERE {which} GROUP BY conversation_id ORDER BY min(id) LIMIT %(most)s
"""
UNANSWERED = _OPEN.format(which="direction = 'in' AND answered_at IS NULL")
UNSETTLED = _OPEN.format(which="state IN ('pending', 'sending', 'unknown')")


@dataclass(frozen=True)
class Open:
    """Conversations in which something is open; in `old` ones for more than a minute."""

    any: bool
    old: frozenset[int]


def unanswered() -> Open:
    """Where a customer waits for a turn."""
    return _open(UNANSWERED)


def unsettled() -> Open:
    """Where a message of ours waits, is being sent, or nobody knows whether it arrived."""
    return _open(UNSETTLED)


def _open(sql: str) -> Open:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"young": YOUNG_SECONDS, "most": MOST})
        found = cursor.fetchall()
    return Open(bool(found), frozenset(pk for pk, old in found if old))


def quiet_for() -> float | None:
    """Seconds since the workspace's newest message came or was written; None when there is none."""
    newest = Message.objects.order_by("-pk").annotate(ago=Now() - models.F("created_at"))
    ago = newest.values_list("ago", flat=True).first()
    return None if ago is None else float(ago.total_seconds())
