"""Runs claimed items: enters the workspace, calls the kind's function, gives the item back."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.db import connection

from apps import tenants
from apps.core import connections
from apps.tenants.models import Workspace
from apps.tenants.services import active, existing
from apps.work import claims, kinds
from apps.work.claims import Claim
from apps.work.models import ASLEEP

log = logging.getLogger(__name__)

#: How long an item of a workspace that may not work waits before somebody looks again.
ASLEEP_SECONDS = 600.0


@dataclass(frozen=True)
class Later:
    """What a run returns when its item must wait: give the hands free and come back after some seconds."""

    seconds: float


Run = Callable[[Claim], Later | None]


#: Finds the workspace of an item; None when the item must wait.
Find = Callable[[int], Workspace | None]


def work_kind(
    name: str, *, queue: str, lease: float, share: int = 20, unfinished: bool = False
) -> Callable[[Run], Run]:
    """Registers the decorated function as the one that runs an item of this kind.

    `lease` seconds must exceed the longest run. At most `share` items of one workspace are under way at once.
    `unfinished` kinds also run in a workspace that is still being set up, whose tables may not be there.
    """
    find = existing if unfinished else active

    def register(run: Run) -> Run:
        kinds.register(
            kinds.Kind(
                name=name,
                queue=queue,
                work=partial(work_items, name, run, lease, share, find=find),
                waiting=partial(count_due, name),
            )
        )
        return run

    return register


def work_items(name: str, run: Run, lease: float, share: int, seconds: float, find: Find = active) -> int:
    """Claims and runs one item after the other until nothing is due or the time is over; returns how many."""
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with tenants.enter(None):
            claimed = claims.claim(name, lease=lease, share=share)
        if not claimed:
            break
        run_item(claimed[0], run, find)
        done += 1
    connections.renew()
    return done


def run_item(claim: Claim, run: Run, find: Find = active) -> None:
    """Runs one claimed item in its workspace. An error is logged without its text and given back to try again."""
    workspace = find(claim.workspace_id)
    if workspace is None:
        claims.postpone(claim, ASLEEP_SECONDS, ASLEEP)  # suspended or unfinished: nothing happens, nothing is lost
        return
    with tenants.enter(workspace):
        try:
            outcome = run(claim)
        except Exception as error:
            log.exception("%s %s failed, attempt %s", claim.kind, claim.key, claim.attempts)
            claims.fail(claim, type(error).__name__)
            return
        if isinstance(outcome, Later):
            claims.postpone(claim, outcome.seconds)
        else:
            claims.finish(claim)


def count_due(name: str) -> int:
    """How many items of the kind are due and free, at most 400."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM work_workitem WHERE kind = %s AND due_at <= statement_timestamp() "
            "AND (lease_until IS NULL OR lease_until <= statement_timestamp()) LIMIT 400) due",
            [name],
        )
        return int(cursor.fetchone()[0])
