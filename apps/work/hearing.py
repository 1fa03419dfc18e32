"""Since when we have been able to hear the vendors, and up to when we have understood what they said.

What a vendor did not say in that time it did not mean to say. Time in which we ourselves were away does not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from apps.core.statements import Statement

#: The queue under which the webhook intake of each web process shows that it lives.
INTAKE = "intake"
#: An intake that has not been seen for so many seconds was away.
AWAY_SECONDS = 5

#: The queue whose workers understand what came in.
UNDERSTANDING = "default"
#: A worker that died less long ago may have left unread what came in.
LATE_DEATH_SECONDS = 30
#: What comes in is stored within the time that its vendor has patience for, so the last seconds are not known yet.
STORING_SECONDS = 3.0

#: Gives when the oldest came in by a hook, and of it for a number, that is not understood yet; None stands for every
#: hook, for every number, and for nothing.
Oldest = Callable[[int | None, str | None], datetime | None]

_waiting: list[Oldest] = []

# An intake that is gone without a word was away from its last sign of life until somebody noticed.
LISTENING = """
SELECT bool_or(alive), max(CASE WHEN alive THEN since ELSE seen_at + away END),
       coalesce(max(gap) FILTER (WHERE alive), 0), statement_timestamp() - make_interval(secs => %s)
FROM (SELECT *, seen_at > statement_timestamp() - away AS alive
      FROM work_pulse, make_interval(secs => %s) AS away WHERE queue = %s) intakes
"""

DEATHS = Statement("""
SELECT 1 FROM work_pulse
WHERE queue = %s AND seen_at < statement_timestamp() - interval '2.5 s'
  AND seen_at > statement_timestamp() - make_interval(secs => %s) LIMIT 1
""")


@dataclass(frozen=True)
class Hearing:
    """We have listened without a gap from `since` to `until`, and understood all of it.

    `gap`: seconds of the longest time that a living intake was away before. A vendor whose calls were refused
    for so long may pause as long before it calls again.
    """

    since: datetime
    until: datetime
    gap: float


def understood_with(oldest: Oldest) -> None:
    """Registers who knows what waits to be understood; `ingest` does so when it is ready."""
    _waiting.append(oldest)


def hearing(hook_id: int | None) -> Hearing | None:
    """What we have heard by a hook; None while no intake listens."""
    with connection.cursor() as cursor:
        cursor.execute(LISTENING, [STORING_SECONDS, AWAY_SECONDS, INTAKE])
        alive, since, gap, stored = cursor.fetchone()
    if not alive:
        return None
    return Hearing(since, min([stored, *_waits(hook_id)]), float(gap))


def lagging(hook_id: int, number: str) -> bool:
    """Whether something that came in by the hook for the number is not understood yet and workers have died of late."""
    died = DEATHS.first([UNDERSTANDING, float(LATE_DEATH_SECONDS)]) is not None
    return died and bool(_waits(hook_id, number))


def not_understood_since(hook_id: int, number: str) -> datetime | None:
    """When the oldest came in by the hook for the number that is not understood yet; None when all is."""
    return min(_waits(hook_id, number), default=None)


def _waits(hook_id: int | None, number: str | None = None) -> list[datetime]:
    return [since for oldest in _waiting if (since := oldest(hook_id, number)) is not None]
