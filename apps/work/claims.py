"""Claiming work: who gets an item, for how long, and how it is given back. All on the database's clock.

Lock order everywhere: Conversation, WorkItem, Message.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from apps.core import metrics
from apps.core.statements import LIGHTLY, Statement
from apps.work import ages, owed

#: A failing item is tried this often; then it is set aside for a person.
MAX_ATTEMPTS = 5
#: An item whose hands died this often is set aside whatever else died.
MAX_DEATHS = 20
#: Items whose hands died this often are worked one at a time: those that died together would else go on dying together,
#: and nobody could tell which of them kills.
DIED_TOGETHER = 3
RETRIES = ("retry_1", "retry_2", "retry_3", "retry_4")


@dataclass(frozen=True)
class Claim:
    """A leased item. `token` fences: whoever holds an older one can finish nothing."""

    id: int
    workspace_id: int
    kind: str
    key: str
    token: int
    due_at: datetime
    attempts: int
    slot: str = ""  # the bucket at which the item has been promised a turn


# The workspaces that have something due are found by skipping through the index, so that a workspace with
# 10,000 items costs no more than one with a single item. Each gives at most its share, counting what it
# already has under way, and who has least under way comes first.
# A claim that a crash of Postgres takes along was followed by nothing that stands. The token tells the time, so that
# the next claim gets another one all the same.
CLAIM = Statement(f"""
WITH RECURSIVE {LIGHTLY}, hungry AS (
  (SELECT workspace_id FROM work_workitem
   WHERE kind = %(kind)s AND due_at <= statement_timestamp() ORDER BY workspace_id LIMIT 1)
  UNION ALL
  SELECT (SELECT w.workspace_id FROM work_workitem w
          WHERE w.kind = %(kind)s AND w.due_at <= statement_timestamp() AND w.workspace_id > h.workspace_id
          ORDER BY w.workspace_id LIMIT 1)
  FROM hungry h WHERE h.workspace_id IS NOT NULL
), busy AS (
  SELECT workspace_id, count(*) AS items FROM work_workitem
  WHERE kind = %(kind)s AND lease_until > statement_timestamp() GROUP BY workspace_id
), suspect AS (
  SELECT EXISTS (SELECT 1 FROM work_workitem
                 WHERE kind = %(kind)s AND lease_until > statement_timestamp() AND attempts > %(together)s) AS at_work
), ready AS (
  SELECT item.id, coalesce(busy.items, 0) + item.place AS rank, item.due_at
  FROM hungry
  LEFT JOIN busy USING (workspace_id)
  CROSS JOIN LATERAL (
    SELECT w.id, w.due_at, row_number() OVER (ORDER BY w.due_at) AS place FROM work_workitem w
    WHERE w.kind = %(kind)s AND w.workspace_id = hungry.workspace_id AND w.due_at <= statement_timestamp()
      AND (w.lease_until IS NULL OR w.lease_until <= statement_timestamp())
      AND (w.lease_until IS NULL OR w.attempts < %(together)s OR NOT (SELECT at_work FROM suspect))
    ORDER BY w.due_at LIMIT %(share)s
  ) item
  WHERE hungry.workspace_id IS NOT NULL AND coalesce(busy.items, 0) + item.place <= %(share)s
  ORDER BY rank, item.due_at LIMIT %(look)s
), mine AS (
  SELECT w.id, w.lease_until IS NOT NULL AS stolen FROM work_workitem w JOIN ready USING (id)
  WHERE w.due_at <= statement_timestamp() AND (w.lease_until IS NULL OR w.lease_until <= statement_timestamp())
  ORDER BY ready.rank, ready.due_at LIMIT %(limit)s
  FOR UPDATE OF w SKIP LOCKED
)
UPDATE work_workitem w
SET lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
    token = greatest(w.token + 1, floor(extract(epoch FROM clock_timestamp()) * 1e6)::bigint),
    attempts = w.attempts + 1
FROM mine, lightly WHERE w.id = mine.id
RETURNING w.id, w.workspace_id, w.kind, w.key, w.token, w.due_at, w.attempts, w.slot, mine.stolen
""")  # noqa: S608  # nosec B608  # ours
# What is given back as done and is not, after such a crash, is done once more and finds nothing to do.
GIVE_BACK = f"""
WITH {LIGHTLY}
UPDATE work_workitem SET lease_until = NULL, held_up = 0, %s FROM lightly
WHERE id = %%(id)s AND token = %%(token)s
"""  # noqa: S608  # nosec B608  # ours
FINISH = Statement(
    GIVE_BACK % "due_at = CASE WHEN due_at = %(seen)s THEN NULL ELSE due_at END, attempts = 0, error = '', slot = ''"
)
AFTER = "CASE WHEN due_at = %(seen)s THEN statement_timestamp() + make_interval(secs => %(after)s) ELSE due_at END"
POSTPONE = Statement(GIVE_BACK % f"due_at = {AFTER}, attempts = 0, error = %(error)s")
FAIL = Statement(GIVE_BACK % f"due_at = {AFTER}, error = %(error)s")
# Something new that happened meanwhile deserves tries of its own.
SET_ASIDE = Statement(
    GIVE_BACK
    % """quarantined_at = CASE WHEN due_at = %(seen)s THEN statement_timestamp() END,
    attempts = CASE WHEN due_at = %(seen)s THEN attempts ELSE 0 END,
    due_at = CASE WHEN due_at = %(seen)s THEN NULL ELSE due_at END, error = %(error)s"""
)
HOLD = Statement("SELECT 1 FROM work_workitem WHERE id = %s AND token = %s FOR UPDATE")
HAND_BACK = """
UPDATE work_workitem SET attempts = greatest(attempts - 1, 0), held_up = least(held_up + 1, 20),
  lease_until = CASE WHEN token = %(token)s THEN NULL ELSE lease_until END,
  error = CASE WHEN token = %(token)s THEN %(error)s ELSE error END,
  due_at = CASE WHEN token = %(token)s AND due_at = %(seen)s
                THEN statement_timestamp() + make_interval(secs => least(%(first)s * power(2, held_up), %(most)s))
                ELSE due_at END
WHERE id = %(id)s AND token >= %(token)s
"""


def claim(kind: str, *, limit: int = 1, lease: float, share: int) -> list[Claim]:
    """Up to `limit` due items, leased for `lease` seconds; at most `share` of one workspace under way at once."""
    owed.settle()
    found = CLAIM.rows(
        {
            **{"kind": kind, "limit": limit, "lease": float(lease), "share": share},
            **{"look": max(50, limit * 4), "together": DIED_TOGETHER},
        }
    )
    if stolen := sum(row[-1] for row in found):
        metrics.count("lease_steals", kind, by=stolen)
    return [Claim(*row[:-1]) for row in found]


def finish(claim: Claim) -> bool:
    """Gives the item back as done, keeping a due time that was set meanwhile. False when the lease was lost."""
    return _give_back(FINISH, claim)


def postpone(claim: Claim, seconds: float, why: str = "") -> bool:
    """Gives the item back to be done after some seconds, earlier if it was made due meanwhile."""
    return _give_back(POSTPONE, claim, after=float(seconds), error=why[:300])


def fail(claim: Claim, error: str) -> bool:
    """Gives the item back after an error: later again, or set aside for a person after MAX_ATTEMPTS.

    What became due meanwhile is something new, which does not wait for that.
    """
    if claim.attempts >= MAX_ATTEMPTS:
        return set_aside(claim, error)
    wait = ages.seconds(RETRIES[min(claim.attempts, len(RETRIES)) - 1])
    return _give_back(FAIL, claim, after=float(wait), error=error[:300])


def hand_back(claim: Claim, error: str) -> None:
    """Gives the item back because the database failed: its own error is no try of the item's.

    It waits for longer each time. Also when others have it by now: their claim counts, this one does not.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            HAND_BACK,
            {
                **{"id": claim.id, "token": claim.token, "seen": claim.due_at, "error": error[:300]},
                **{"first": ages.seconds(RETRIES[0]), "most": ages.seconds(RETRIES[-1])},
            },
        )


def set_aside(claim: Claim, error: str) -> bool:
    """Gives the item back to nobody: a person looks at it, or something new happens to it."""
    return _give_back(SET_ASIDE, claim, error=error[:300])


def kills(claim: Claim, queue: str) -> bool:
    """Whether the item is to blame for the death of the hands that had it, five times or more.

    Hands die for other reasons too, with all that they hold. So it is to blame only if it was there when at least
    half of the queue's processes died that did in the last minutes; or if it saw more deaths than chance explains.
    """
    deaths = claim.attempts - 1
    if deaths < MAX_ATTEMPTS:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM work_pulse WHERE queue = %s AND seen_at < statement_timestamp() - interval '5 s' "
            "AND seen_at > statement_timestamp() - interval '10 min'",
            [queue],
        )
        all_deaths = int(cursor.fetchone()[0])
    return deaths * 2 >= all_deaths or deaths >= MAX_DEATHS


def hold(claim: Claim) -> bool:
    """Locks the item until the transaction ends; False when somebody else has claimed it since."""
    return HOLD.first([claim.id, claim.token]) is not None


def renew(claim: Claim, seconds: float) -> bool:
    """Prolongs the lease from now on; False when somebody else has claimed the item since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_workitem SET lease_until = statement_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND token = %s",
            [seconds, claim.id, claim.token],
        )
        return cursor.rowcount == 1


def keep_turn(claim: Claim, bucket: str, seconds: float) -> None:
    """Remembers that the item has a turn at a bucket after so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_workitem SET slot = %s, slot_at = statement_timestamp() + make_interval(secs => %s) "
            "WHERE id = %s AND token = %s",
            [bucket, seconds, claim.id, claim.token],
        )


def _give_back(how: Statement, claim: Claim, **values: Any) -> bool:
    return how.run({"id": claim.id, "token": claim.token, "seen": claim.due_at, **values}) == 1
