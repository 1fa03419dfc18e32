"""Makes work due, and asks a bucket for a token. Both within or without a transaction of the caller."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from apps import tenants
from apps.core.statements import Statement
from apps.tenants.models import Workspace
from apps.work import claims
from apps.work.claims import Claim
from apps.work.models import ASLEEP, WorkItem

# An item that is leased must get a due time other than the one its holder has seen, or finishing would erase it:
# one that lies in the past, which the holder may have seen already, becomes the present.
# A quarantined one starts anew: something new has happened to it.
MAKE_DUE = Statement("""
INSERT INTO work_workitem (workspace_id, kind, key, due_at, token, attempts, error)
SELECT %(workspace)s, %(kind)s, key,
       coalesce(%(at)s::timestamptz, statement_timestamp() + make_interval(secs => after)), 0, 0, ''
FROM unnest(%(keys)s::text[], %(afters)s::float8[]) AS wanted (key, after)
ON CONFLICT (workspace_id, kind, key) DO UPDATE SET
  due_at = CASE WHEN work_workitem.lease_until IS NOT NULL THEN greatest(excluded.due_at, clock_timestamp())
                WHEN work_workitem.due_at IS NULL OR %(exactly)s::boolean THEN excluded.due_at
                ELSE least(work_workitem.due_at, excluded.due_at) END,
  attempts = CASE WHEN work_workitem.quarantined_at IS NULL THEN work_workitem.attempts ELSE 0 END,
  quarantined_at = NULL
""")
NO_LONGER_DUE = Statement("""
UPDATE work_workitem SET due_at = NULL WHERE workspace_id = %s AND kind = %s AND key = ANY(%s::text[])
  AND lease_until IS NULL AND due_at IS NOT NULL
""")

# The time at which the bucket's next token is regularly due moves on with each token that is granted or promised.
TAKE = Statement("""
INSERT INTO work_bucket AS b (workspace_id, name, next_at, granted)
VALUES (%(workspace)s, %(name)s, statement_timestamp() + make_interval(secs => %(interval)s), true)
ON CONFLICT (workspace_id, name) DO UPDATE SET
  granted = b.next_at - make_interval(secs => %(slack)s)
            <= statement_timestamp() + make_interval(secs => %(promised)s),
  next_at = CASE WHEN b.next_at - make_interval(secs => %(slack)s)
                      <= statement_timestamp() + make_interval(secs => %(promised)s)
                 THEN greatest(b.next_at, statement_timestamp()) + make_interval(secs => %(interval)s)
                 ELSE b.next_at END
RETURNING granted, extract(epoch FROM next_at - make_interval(secs => %(slack)s) - statement_timestamp())
""")
FREE_IN = Statement(
    "SELECT extract(epoch FROM next_at - statement_timestamp()) FROM work_bucket WHERE workspace_id = %s AND name = %s"
)

#: Turns at a bucket are promised for so many seconds ahead; who comes later asks again.
PROMISED_SECONDS = 300.0


def make_due(kind: str, key: object, *, at: datetime | None = None, after: float = 0.0, exactly: bool = False) -> None:
    """Says that this is due for the workspace we are in, `at` a time, or `after` so many seconds from now.

    An earlier due time is kept, unless `exactly`. Write it in the transaction of the row that causes it.
    """
    _make_due(kind, {str(key): after}, at, exactly)


def make_all_due(kind: str, keys: Iterable[object]) -> None:
    """Says that all of these are due now."""
    make_each_due(kind, dict.fromkeys(map(str, keys), 0.0))


def make_each_due(kind: str, afters: Mapping[str, float], *, exactly: bool = False) -> None:
    """Says that each of these keys is due after so many seconds from now; see `make_due` for `exactly`."""
    _make_due(kind, afters, None, exactly)


def _make_due(kind: str, afters: Mapping[str, float], at: datetime | None, exactly: bool) -> None:
    keys = sorted(afters)  # two who wake the same items lock them in the same order
    values: dict[str, Any] = {"keys": keys, "afters": [float(afters[key]) for key in keys]}
    MAKE_DUE.run({"workspace": workspace_id(), "kind": kind, "at": at, "exactly": exactly, **values})


def without_work(kind: str, keys: Collection[int]) -> set[int]:
    """Those of the keys that nobody will work: neither due, nor in somebody's hands, nor set aside for a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM unnest(%s::text[]) AS asked (key) WHERE NOT EXISTS ("
            "SELECT 1 FROM work_workitem w WHERE w.workspace_id = %s AND w.kind = %s AND w.key = asked.key AND "
            "(w.due_at IS NOT NULL OR w.lease_until > statement_timestamp() OR w.quarantined_at IS NOT NULL))",
            [list(map(str, keys)), workspace_id(), kind],
        )
        return {int(key) for (key,) in cursor.fetchall()}


def no_longer_due(kind: str, keys: Sequence[object]) -> None:
    """Says that these need not be done any more. Whoever has one in hand just now finds out by itself."""
    NO_LONGER_DUE.run([workspace_id(), kind, list(map(str, keys))])


def take(name: str, *, per_minute: float, burst: int = 1, claim: Claim | None = None) -> float:
    """Takes a token of the workspace's bucket; returns 0.0 when granted, else the seconds to wait.

    `burst` tokens may be taken at once after a pause. With a `claim`, its item gets a turn of its own: it is
    granted when it comes back after the wait, so that thousands that wait do not all ask for every token.
    Holds the bucket's row until the transaction ends, so call it outside one.
    """
    if claim is not None and claim.slot == name:
        left = _own_turn(claim)
        if left is not None:
            return left
    interval = 60 / per_minute
    asked: dict[str, Any] = {
        "workspace": workspace_id(),
        "name": name,
        "interval": interval,
        "slack": interval * (burst - 1),
        "promised": PROMISED_SECONDS if claim else 0.0,
    }
    ((granted, next_in),) = TAKE.rows(asked)
    if not granted:
        # Too far ahead to promise: spread, so that not all come back at once.
        return PROMISED_SECONDS * random.uniform(0.9, 1.1) if claim else max(float(next_in), 0.01)  # noqa: S311
    wait = float(next_in) - interval
    if claim is None or wait < 0.001:
        return 0.0
    claims.keep_turn(claim, name, wait)
    return wait


def _own_turn(claim: Claim) -> float | None:
    """Uses the turn that the item was promised: 0.0, or the seconds until it comes; None when it is used already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE work_workitem SET slot = CASE WHEN slot_at <= statement_timestamp() THEN '' ELSE slot END "
            "WHERE id = %s AND token = %s AND slot = %s "
            "RETURNING extract(epoch FROM slot_at - statement_timestamp())",
            [claim.id, claim.token, claim.slot],
        )
        found = cursor.fetchone()
    return None if found is None else max(float(found[0]), 0.0)


def free_in(name: str) -> float:
    """Seconds until the bucket would grant a single token, without taking it."""
    found = FREE_IN.first([workspace_id(), name])
    return max(float(found[0]), 0.0) if found else 0.0


def wake(workspace: Workspace) -> int:
    """Makes due at once what waits only because the workspace was suspended or unfinished; returns how many."""
    asleep = WorkItem.objects.filter(workspace=workspace, error=ASLEEP, lease_until=None, due_at__isnull=False)
    return asleep.update(due_at=Now(), error="")


def take_back(item: WorkItem) -> bool:
    """Ends the lease of an item, so that other hands may take it. False when nobody held it.

    Raises the token: whoever held it can finish nothing any more, and commits nothing that asks for the fence.
    """
    held = WorkItem.objects.filter(pk=item.pk, token=item.token, lease_until__gt=Now())
    return bool(held.update(lease_until=None, token=F("token") + 1))


def forget_done(kind: str) -> None:
    """Deletes the workspace's finished items of a kind whose keys never come again."""
    done = WorkItem.objects.filter(workspace=workspace_id(), kind=kind, due_at=None, lease_until=None)
    rows = done.filter(quarantined_at=None).select_for_update(skip_locked=True).values_list("pk", flat=True)
    with transaction.atomic():
        WorkItem.objects.filter(pk__in=list(rows)).delete()


def workspace_id() -> int:
    """The workspace this thread is in. Raises RuntimeError in the public schema."""
    workspace = tenants.current()
    if workspace is None:
        raise RuntimeError("Work belongs to a workspace, but none was entered in this thread.")
    return int(workspace.pk)
