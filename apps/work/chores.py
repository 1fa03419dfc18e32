"""What is done again and again: for the installation as rows of `Chore`, for a workspace as its own WorkItem.

There is no scheduler. The relay finds what is due, whoever claims the row does it, and its next time is written when
it ends; so it is done once per time however many relays look.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from apps import tenants
from apps.core import audit, connections, events, http
from apps.core.models import AuditRow, Exchange
from apps.work import kinds, pulse
from apps.work.claims import Claim
from apps.work.models import Bucket, Rate, Shared
from apps.work.runner import Later, work_kind
from apps.work.services import make_due

log = logging.getLogger(__name__)

CHORES = "work.chores"
PRUNE = "work.prune_exchanges"
PRUNE_AUDIT = "work.prune_audit"
LEASE_SECONDS = 600
RETRY_SECONDS = 60
EXCHANGE_DAYS = 14
#: How long it can be told who changed what, in the audit logs and in the staff's.
AUDIT_DAYS = 400
DAY_SECONDS = 86_400.0
#: A workspace's pruning is made due by its exchanges, at most so often by one process.
SCHEDULE_SECONDS = 3600.0

Run = Callable[[], None]


@dataclass(frozen=True)
class Chore:
    """What to do, and how many seconds after its end it is due again. It may run twice and must not mind."""

    name: str
    every: float
    run: Run


_chores: dict[str, Chore] = {}
_scheduled: dict[tuple[str, str], float] = {}

ENSURE = "INSERT INTO work_chore (name) SELECT unnest(%s::text[]) ON CONFLICT (name) DO NOTHING"
# Those are due too that have never been done.
DUE = """
FROM unnest(%s::text[]) AS known (name) LEFT JOIN work_chore c USING (name)
WHERE c.id IS NULL
  OR c.due_at <= statement_timestamp() AND (c.lease_until IS NULL OR c.lease_until <= statement_timestamp())
"""
COUNT = f"SELECT count(*) {DUE}"  # noqa: S608  # nosec B608  # our own text
ANY_DUE = f"SELECT %s::text {DUE} LIMIT 1"  # noqa: S608  # nosec B608  # our own text
CLAIM = """
UPDATE work_chore SET lease_until = statement_timestamp() + make_interval(secs => %s), token = token + 1,
  attempts = attempts + 1
WHERE id = (
  SELECT id FROM work_chore WHERE name = ANY(%s) AND due_at <= statement_timestamp()
    AND (lease_until IS NULL OR lease_until <= statement_timestamp())
  ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
) RETURNING name, token
"""
FINISH = """
UPDATE work_chore SET lease_until = NULL, attempts = 0, error = '', done_at = statement_timestamp(),
  due_at = statement_timestamp() + make_interval(secs => %s) WHERE name = %s AND token = %s
"""
FAIL = """
UPDATE work_chore SET lease_until = NULL, error = %s,
  due_at = statement_timestamp() + make_interval(secs => %s) WHERE name = %s AND token = %s
"""


def chore(name: str, *, every: float) -> Callable[[Run], Run]:
    """Registers the decorated function as a chore of the installation."""

    def keep(run: Run) -> Run:
        if name in _chores:
            raise RuntimeError(f"Two chores are called {name}.")
        _chores[name] = Chore(name, every, run)
        return run

    return keep


def names() -> list[str]:
    """Every registered chore, sorted."""
    return sorted(_chores)


def work(seconds: float) -> int:
    """Does what is due until nothing is or the time is over; returns how many."""
    done, until = 0, time.monotonic() + seconds
    with tenants.enter(None):
        while time.monotonic() < until and _work_one():
            done += 1
    connections.renew()
    return done


def _work_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ENSURE, [names()])
        cursor.execute(CLAIM, [LEASE_SECONDS, names()])
        found = cursor.fetchone()
    if found is None:
        return False
    name, token = found
    try:
        _chores[name].run()
        statement, values = FINISH, [_chores[name].every, name, token]
    except Exception as error:
        log.exception("The chore %s failed; trying again in a minute", name)
        statement, values = FAIL, [type(error).__name__, RETRY_SECONDS, name, token]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return True


def count_due(_young: float | None = None) -> int:
    """How many chores are due, those counted that have never been done."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [names()])
        return int(cursor.fetchone()[0])


def any_due(of: list[str]) -> tuple[str, Sequence[Any]]:
    """A kinds.Probe: whether any chore is due."""
    return ANY_DUE, [CHORES, names()]


kinds.register(kinds.Kind(name=CHORES, queue="default", work=work, waiting=count_due, probe=any_due))


@chore("work.forget", every=3600)
def forget() -> None:
    """Processes that are gone, rates that nobody asked about for a day, and what was remembered for a while."""
    pulse.forget_dead()
    Rate.objects.filter(ends_at__lt=Now()).delete()
    Shared.objects.filter(ends_at__lt=Now()).delete()
    Bucket.objects.filter(next_at__lt=timezone.now() - timedelta(days=1)).delete()


@work_kind(PRUNE, queue="default", lease=120)
def prune_exchanges(claim: Claim) -> Later | None:
    """Forgets what was asked of the outside more than two weeks ago; comes back daily while there is something."""
    Exchange.objects.filter(at__lt=timezone.now() - timedelta(days=EXCHANGE_DAYS)).delete()
    return Later(DAY_SECONDS) if Exchange.objects.exists() else None


@work_kind(PRUNE_AUDIT, queue="default", lease=120)
def prune_audit(claim: Claim) -> Later | None:
    """Forgets the audit log's rows older than 400 days; comes back daily, at once while there are many."""
    gone = audit.forget(timezone.now() - timedelta(days=AUDIT_DAYS))
    if not AuditRow.objects.exists():
        return None
    return Later(DAY_SECONDS if gone < audit.MOST_AT_ONCE else 1.0)


def schedule_pruning(seen: http.Exchange) -> None:
    """A workspace that asks something of the outside has its record pruned from tomorrow on; idle ones cost nothing.

    So it is with an exchange an hour that a connection is taken, and given back if the thread had none.
    """
    if is_time(PRUNE):
        with connections.borrowed():
            make_due(PRUNE, "exchanges", at=timezone.now() + timedelta(seconds=DAY_SECONDS))


@events.after(audit.ChangeRecorded)
def schedule_audit_pruning(event: audit.ChangeRecorded) -> None:
    """The same for a workspace in which something was changed. Afterwards, for who changes things holds many rows."""
    if is_time(PRUNE_AUDIT):
        make_due(PRUNE_AUDIT, "audit", at=timezone.now() + timedelta(seconds=DAY_SECONDS))


def is_time(kind: str, every: float = SCHEDULE_SECONDS) -> bool:
    """Whether this process has not made it due in this workspace for so long. It will do so now."""
    workspace = tenants.current()
    key = (kind, workspace.schema_name) if workspace else None
    if key is None or time.monotonic() < _scheduled.get(key, 0.0):
        return False
    _scheduled[key] = time.monotonic() + every
    return True


http.recorders.append(schedule_pruning)
