"""What waits to be processed: which deliveries are next, how many there are, how old the oldest is."""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.db import connection

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
#: So many are looked at; where no more wait, nobody needs to be asked which lanes have something.
MOST_SEEN = 400
#: So many lanes of one hook are looked at in a flood, which is as many as one look can choose from.
MOST_LANES = MOST_SEEN
#: What waits came yesterday or today, except after a replay or a long outage; older days are looked at this often.
LOOK_BACK_SECONDS = 5.0

# Without an order: where all is found it is put in order here, and in a flood nobody reads more than so many.
_WAITING = """
  SELECT {columns} FROM ingest_delivery d
  WHERE d.state = 'received' AND d.received_at >= %(since)s AND d.received_at < %(until)s
    AND (d.lease_until IS NULL OR d.lease_until <= statement_timestamp())
  LIMIT %(most)s
"""
LOOK = _WAITING.format(columns="d.id, d.received_at, d.token, d.hook_id, d.lane, d.attempts")
COUNT = f"SELECT count(*) FROM ({_WAITING.format(columns='1')}) waiting"  # noqa: S608  # nosec B608  # ours
MOST_COUNTED = 400
#: What was in so many hands may have been left by hands that died; what was in more kills them.
AWAITED_ATTEMPTS = 2

# In a flood hooks and their lanes that have something waiting are found by skipping through the index. Each hook gives
# one delivery in turn, of each of its lanes in turn: a flood at one number does not hold up the others, whether they
# share its hook or not, and who signs for ever new numbers has the turns of one hook. Of a hook so many lanes are
# looked at, from another one on each time.
_WAITS = "d.state = 'received' AND d.received_at >= %(since)s AND d.received_at < %(until)s"
_LANES = """
WITH RECURSIVE found AS (
  (SELECT d.lane FROM ingest_delivery d WHERE {waits} AND d.hook_id = hungry.hook_id {bounds} ORDER BY d.lane LIMIT 1)
  UNION ALL
  SELECT following.lane FROM found CROSS JOIN LATERAL (
    SELECT d.lane FROM ingest_delivery d
    WHERE {waits} AND d.hook_id = hungry.hook_id AND d.lane > found.lane {bounds} ORDER BY d.lane LIMIT 1
  ) following
) SELECT found.lane FROM found
"""
LOOK_IN_FLOOD = """
WITH RECURSIVE hungry AS (
  (SELECT d.hook_id FROM ingest_delivery d WHERE {waits} ORDER BY d.hook_id LIMIT 1)
  UNION ALL
  SELECT following.hook_id FROM hungry CROSS JOIN LATERAL (
    SELECT d.hook_id FROM ingest_delivery d WHERE {waits} AND d.hook_id > hungry.hook_id ORDER BY d.hook_id LIMIT 1
  ) following
)
SELECT mine.id, mine.received_at, mine.token, hungry.hook_id, mine.lane, mine.attempts
FROM hungry CROSS JOIN LATERAL (
  SELECT item.*, lanes.lane, row_number() OVER (ORDER BY item.place, item.id) AS turn FROM (
    SELECT lane FROM (({lanes_after}) UNION ALL ({lanes_before})) around LIMIT %(lanes)s
  ) lanes CROSS JOIN LATERAL (
    SELECT d.id, d.received_at, d.token, d.attempts, row_number() OVER (ORDER BY {order}) AS place
    FROM ingest_delivery d
    WHERE {waits} AND d.hook_id = hungry.hook_id AND d.lane = lanes.lane AND (d.attempts > 0) = %(again)s
      AND (d.lease_until IS NULL OR d.lease_until <= statement_timestamp())
    ORDER BY {order} LIMIT %(most)s
  ) item
  ORDER BY item.place, item.id LIMIT %(most)s
) mine
ORDER BY mine.turn, mine.id LIMIT %(most)s
"""


def _look_in_flood(order: str) -> str:
    after, before = (_LANES.format(waits=_WAITS, bounds=f"AND d.lane {sign} %(start)s") for sign in (">=", "<"))
    return LOOK_IN_FLOOD.format(waits=_WAITS, order=order, lanes_after=after, lanes_before=before)


LOOKS_IN_FLOOD = {
    False: _look_in_flood("d.id"),
    True: _look_in_flood("d.attempts, d.id"),
}


#: A hook's id and the number that something came for by it.
Lane = tuple[int, str]


@dataclass(frozen=True)
class Seen:
    """A delivery that waited when somebody looked; it still does while it has this token and nobody's lease."""

    id: int
    received_at: datetime
    token: int
    hook_id: int
    lane: str
    attempts: int


@dataclass(frozen=True)
class Waiting:
    """What waits, next first: what nobody had yet, and what had hands before, which may have died of it."""

    fresh: Sequence[Seen] = ()
    again: Sequence[Seen] = ()

    def lanes_beside(self, taken: Collection[int]) -> set[Lane]:
        """Where more waits that nobody had yet than the deliveries with these ids."""
        return {(one.hook_id, one.lane) for one in self.fresh if one.id not in taken}


@dataclass
class LookBack:
    """When this process last looked at older days than yesterday: to claim, and to count."""

    after: float = 0.0

    def due(self) -> bool:
        """Whether it is time to look again; counts as having looked."""
        if time.monotonic() < self.after:
            return False
        self.after = time.monotonic() + LOOK_BACK_SECONDS
        return True


@dataclass
class Start:
    """The lane at which this process begins its next look in a flood: somewhere among those of its last one."""

    lane: str = ""


_looking, _counting = LookBack(), LookBack()
_start = Start()


def look() -> Waiting:
    """What waits, of each hook and of each of its lanes in turn: all of it, or of a flood the next MOST_SEEN."""
    since, until = _recent()
    recent = _look(since, until)
    if len(recent.fresh) + len(recent.again) >= MOST_SEEN or not _looking.due():
        return recent
    older = _look(BEGINNING, since)
    return Waiting([*recent.fresh, *older.fresh], [*recent.again, *older.again])


def _look(since: datetime, until: datetime) -> Waiting:
    seen = _seen(LOOK, since, until)
    if len(seen) >= MOST_SEEN:
        flood: dict[str, str | int] = {"start": _start.lane, "lanes": MOST_LANES}
        fresh, again = (_seen(LOOKS_IN_FLOOD[again], since, until, again=again, **flood) for again in (False, True))
        _start.lane = random.choice(fresh or again or seen).lane  # noqa: S311  # no secret
        return Waiting(fresh, again)
    # Of those that had hands before, who had fewer comes first: one that kills does not keep its neighbours waiting.
    seen.sort(key=lambda one: (one.attempts, one.id))
    return Waiting(_in_turn(one for one in seen if not one.attempts), _in_turn(one for one in seen if one.attempts))


def _seen(sql: str, since: datetime, until: datetime, **asked: str | int) -> list[Seen]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": since, "until": until, "most": MOST_SEEN, **asked})
        return [Seen(*row) for row in cursor.fetchall()]


def _in_turn(seen: Iterable[Seen]) -> list[Seen]:
    """One of each hook, then the second of each, and so on; a hook gives one of each of its lanes in the same way."""
    of_lanes = _ranked(seen, lambda one: (one.hook_id, one.lane))
    return _ranked(of_lanes, lambda one: one.hook_id)


def _ranked(seen: Iterable[Seen], whose: Callable[[Seen], object]) -> list[Seen]:
    """The first of each, then the second of each, and so on; of what is equal the oldest first."""
    places: Counter[object] = Counter()
    ranked: list[tuple[int, int, Seen]] = []
    for one in seen:
        places[whose(one)] += 1
        ranked.append((places[whose(one)], one.id, one))
    return [one for _, _, one in sorted(ranked, key=lambda entry: entry[:2])]


def _recent() -> tuple[datetime, datetime]:
    """Yesterday and today in UTC, and tomorrow for clocks that differ: whole days, so that few partitions are asked."""
    today = datetime.combine(datetime.now(UTC).date(), datetime.min.time(), UTC)
    return today - timedelta(days=1), today + timedelta(days=2)


def count() -> int:
    """How many deliveries wait, at most some hundreds; those of older days are counted now and then."""
    since, until = _recent()
    since = BEGINNING if _counting.due() else since
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"since": since, "until": until, "most": MOST_COUNTED})
        return int(cursor.fetchone()[0])


def oldest(hook_id: int | None, number: str | None = None) -> datetime | None:
    """When the oldest delivery came in by the hook, or by any, that is not processed yet; None when all are.

    With a number only what is for it, or for nobody knows whom, and has not failed: what is tried again for minutes
    keeps nobody waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(received_at) FROM ingest_delivery WHERE state = 'received' AND hook_id = coalesce(%s, hook_id)"
            " AND (%s IS NULL OR (lane IN (%s, '') AND attempts <= %s AND error = ''))",
            [hook_id, number, number, AWAITED_ATTEMPTS],
        )
        return cast(datetime | None, cursor.fetchone()[0])
