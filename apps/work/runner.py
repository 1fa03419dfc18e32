"""Runs claimed items: enters the workspace, calls the kind's function, gives the item back."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from apps import tenants
from apps.core import connections
from apps.core.actors import SYSTEM, acting
from apps.core.bound import bound
from apps.core.statements import Statement
from apps.tenants.models import Workspace
from apps.tenants.services import active, existing
from apps.work import ages, claims, kinds, owed
from apps.work.claims import Claim
from apps.work.heart import heart
from apps.work.models import ASLEEP

log = logging.getLogger(__name__)

#: Hands that want to begin something stand in line here, and the first of them looks this often whether it may.
DOOR_SECONDS = 0.02
_door = threading.Lock()

#: How long an item of a workspace that may not work waits before somebody looks again.
ASLEEP_SECONDS = 600.0


@dataclass(frozen=True)
class Later:
    """What a run returns when its item must wait: give the hands free and come back after some seconds."""

    seconds: float


Run = Callable[[Claim], Later | None]

# One look per kind into an index of its own (WorkItem.Meta); what is due and in somebody's hands is passed over.
ANY_DUE = """
SELECT kind.name FROM unnest(%s::text[]) AS kind (name) CROSS JOIN LATERAL (
  SELECT 1 FROM work_workitem w
  WHERE w.kind = kind.name AND w.due_at IS NOT NULL
    AND timezone('UTC', w.due_at) <= timezone('UTC', statement_timestamp())
    AND (w.lease_until IS NULL OR w.lease_until <= statement_timestamp())
  ORDER BY timezone('UTC', w.due_at) LIMIT 1
) item
"""

# Workspaces with something due are found by skipping through the index; a flood in one counts as its share.
COUNT = Statement("""
WITH RECURSIVE hungry AS (
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
)
SELECT coalesce(sum(greatest(least(found.items, %(share)s - coalesce(busy.items, 0)), 0)), 0)
FROM (SELECT workspace_id FROM hungry WHERE workspace_id IS NOT NULL LIMIT 400) eater
LEFT JOIN busy USING (workspace_id)
CROSS JOIN LATERAL (
  SELECT count(*) AS items FROM (
    SELECT 1 FROM work_workitem w
    WHERE w.kind = %(kind)s AND w.workspace_id = eater.workspace_id AND w.due_at <= statement_timestamp()
      AND w.due_at > statement_timestamp() - make_interval(secs => %(young)s)
      AND (w.lease_until IS NULL OR w.lease_until <= statement_timestamp()) LIMIT %(share)s
  ) due
) found
""")


#: A century in seconds: nothing has been due for longer.
AGES = 3.2e9

#: Called when an item is set aside after its last try, in its workspace: what it was about goes on without it.
SetAside = Callable[[Claim], None]
#: Finds the workspace of an item; None when the item must wait.
Find = Callable[[int], Workspace | None]


@dataclass(frozen=True)
class How:
    """How items of a kind are run: for how long at most, how many of one workspace at once, and where."""

    longest: float
    share: int = 20
    find: Find = active
    set_aside: SetAside | None = None
    then: str = ""


def work_kind(
    name: str,
    *,
    queue: str,
    lease: float,
    share: int = 20,
    unfinished: bool = False,
    set_aside: SetAside | None = None,
    then: str = "",
) -> Callable[[Run], Run]:
    """Registers the decorated function as the one that runs an item of this kind.

    `lease` is the longest run in seconds: meanwhile the item is kept by heartbeats. At most `share` items of one
    workspace are under way at once. `unfinished` kinds also run in a workspace that is still being set up, whose
    tables may not be there. `set_aside` is told of an item that failed too often. `then` names the kind that a run
    mostly makes due: the same hands do one item of it at once, so that it need not wait for the relay.
    """
    how = How(lease, share, existing if unfinished else active, set_aside, then)

    def register(run: Run) -> Run:
        kinds.register(
            kinds.Kind(
                name=name,
                queue=queue,
                work=partial(work_items, name, run, how, queue),
                waiting=partial(count_due, name, share),
                probe=any_due,
            )
        )
        return run

    return register


def work_items(name: str, run: Run, how: How, queue: str, seconds: float) -> int:
    """Claims and runs one item after the other until nothing is due or the time is over; returns how many.

    No `seconds` at all are for one item that the hands themselves have just made due.
    """
    done, until = 0, time.monotonic() + seconds
    while (not seconds or _may_begin(until)) and work_one(name, run, how, queue):
        done += 1
        if how.then:
            kinds.get(how.then).work(0.0)
        if time.monotonic() >= until:
            break
    connections.renew()
    return done


def _may_begin(until: float) -> bool:
    """Whether hands may begin something more: others that have begun and wait for a connection come first.

    Else a hundred hands begin a hundred items, and none is done before all are. False when the time is over.
    """
    if not connections.scarce():
        return True
    connections.release()
    with _door:
        while connections.scarce():
            if time.monotonic() >= until:
                return False
            time.sleep(DOOR_SECONDS)
    return True


def work_one(name: str, run: Run, how: How, queue: str) -> bool:
    """Claims and runs one item; False when none is due."""
    with tenants.enter(None):
        claimed = claims.claim(name, lease=min(how.longest, ages.seconds("lease")), share=how.share)
    for item in claimed:
        run_item(item, run, how, queue)
    return bool(claimed)


def run_item(claim: Claim, run: Run, how: How, queue: str) -> None:
    """Runs one claimed item in its workspace. An error is logged without its text and given back to try again.

    An error of the database's is no try of the item's: who waits for an answer is not given up for that.
    """
    try:
        _run_item(claim, run, how, queue)
    except Exception as error:
        if not connections.failed(error):
            raise
        why = type(error).__name__
        log.warning("%s %s is given back: the database failed (%s)", claim.kind, claim.key, why)
        connections.renew()
        owed.give(partial(claims.hand_back, claim, why))


def _run_item(claim: Claim, run: Run, how: How, queue: str) -> None:
    workspace = how.find(claim.workspace_id)
    if workspace is None:
        claims.postpone(claim, ASLEEP_SECONDS, ASLEEP)  # suspended or unfinished: nothing happens, nothing is lost
        return
    with tenants.enter(workspace), acting(SYSTEM), bound(work=claim.kind, item=claim.key):
        if claims.kills(claim, queue):
            log.error("%s %s is set aside: its hands died %s times", claim.kind, claim.key, claim.attempts - 1)
            _set_aside(claim, how, "its hands died")
            return
        try:
            with heart.keeping(claim, how.longest):
                outcome = run(claim)
        except Exception as error:
            if connections.failed(error):
                raise
            log.exception("%s %s failed, attempt %s", claim.kind, claim.key, claim.attempts)
            if claim.attempts >= claims.MAX_ATTEMPTS:
                _set_aside(claim, how, type(error).__name__)
            else:
                claims.fail(claim, type(error).__name__)
            return
        if isinstance(outcome, Later):
            claims.postpone(claim, outcome.seconds)
        else:
            claims.finish(claim)


def _set_aside(claim: Claim, how: How, why: str) -> None:
    """After its last try: whoever runs the kind lets go of what the item was about, so that life goes on."""
    if how.set_aside is not None:
        try:
            how.set_aside(claim)
        except Exception as error:
            if connections.failed(error):
                raise
            log.exception("What %s %s was about could not be let go", claim.kind, claim.key)
    claims.set_aside(claim, why)


def any_due(names: list[str]) -> tuple[str, Sequence[Any]]:
    """A kinds.Probe: of which of these kinds something is due and in nobody's hands."""
    return ANY_DUE, [names]


def count_due(name: str, share: int = 20, young: float | None = None) -> int:
    """How many items of the kind could be claimed now, at most some hundreds: of each workspace up to its share.

    With `young` those that became due in the last so many seconds.
    """
    ((many,),) = COUNT.rows({"kind": name, "share": share, "young": AGES if young is None else float(young)})
    return int(many)
