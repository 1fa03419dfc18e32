"""How the installation stands, from its rows: one bounded set of questions to the public schema, however many
workspaces there are. Ages are in seconds of the database's clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from apps import tenants
from apps.work.hearing import AWAY_SECONDS
from apps.work.models import ASLEEP
from apps.work.pulse import RELAY

#: Rows beyond this are not counted out: nobody acts differently on more.
MOST = 10_000
#: Seconds after which Postgres gives a question up.
PATIENCE = 2

WORK = """
SELECT kind, count(*) FILTER (WHERE free), coalesce(max(age) FILTER (WHERE free), 0), count(*) FILTER (WHERE NOT free)
FROM (SELECT kind, extract(epoch FROM statement_timestamp() - due_at) AS age,
        lease_until IS NULL OR lease_until <= statement_timestamp() AS free
      FROM public.work_workitem
      WHERE due_at <= statement_timestamp() AND error <> %(asleep)s LIMIT %(most)s) due
GROUP BY kind ORDER BY kind
"""
#: The kind of work that deliveries are; they are items of their own.
PROCESS = "ingest.process"
DELIVERIES = """
SELECT count(*) FILTER (WHERE free), coalesce(max(age) FILTER (WHERE free), 0), count(*) FILTER (WHERE NOT free)
FROM (SELECT extract(epoch FROM statement_timestamp() - received_at) AS age,
        lease_until IS NULL OR lease_until <= statement_timestamp() AS free
      FROM public.ingest_delivery WHERE state = 'received' LIMIT %(most)s) waiting
"""
ASIDE = """
SELECT kind, count(*) FROM (
  SELECT kind FROM public.work_workitem WHERE quarantined_at IS NOT NULL LIMIT %(most)s) aside
GROUP BY kind ORDER BY kind
"""
QUARANTINED = """
SELECT why, count(*), count(*) FILTER (WHERE fresh) FROM (
  SELECT why, created_at > statement_timestamp() - interval '1 hour' AS fresh FROM public.ingest_quarantined
  WHERE released_at IS NULL AND dismissed_at IS NULL LIMIT %(most)s) aside
GROUP BY why ORDER BY why
"""
SENDS = """
SELECT state, count(*), max(extract(epoch FROM statement_timestamp() - at)) FROM (
  SELECT state, at FROM public.watch_opensend ORDER BY at LIMIT %(most)s) open
GROUP BY state ORDER BY state
"""
PULSES = """
SELECT queue, count(*) FILTER (WHERE alive), coalesce(sum(hands) FILTER (WHERE alive), 0), min(age)
FROM (SELECT queue, hands, seen_at > statement_timestamp() - make_interval(secs => %(away)s) AS alive,
        greatest(extract(epoch FROM statement_timestamp() - seen_at), 0) AS age FROM public.work_pulse) pulse
GROUP BY queue ORDER BY queue
"""
THROTTLED = """
SELECT label, sum(count) FROM public.watch_span
WHERE name = 'throttled' AND at > statement_timestamp() - interval '1 hour'
GROUP BY label ORDER BY 2 DESC, 1 LIMIT 20
"""
# What /readyz asks, in one row: watch.checks.Row.
READY = """
SELECT
  (SELECT extract(epoch FROM clock_timestamp() - max(seen_at)) FROM public.work_pulse WHERE queue = %(relay)s),
  (SELECT extract(epoch FROM clock_timestamp() - max(seen_at)) FROM public.work_pulse WHERE queue = 'chat'),
  (SELECT extract(epoch FROM clock_timestamp() - max(seen_at)) FROM public.work_pulse WHERE queue = 'default'),
  (SELECT extract(epoch FROM statement_timestamp() - min(due_at)) FROM public.work_workitem
   WHERE due_at <= statement_timestamp() AND (lease_until IS NULL OR lease_until <= statement_timestamp())
     AND error <> %(asleep)s),
  (SELECT extract(epoch FROM statement_timestamp() - min(received_at)) FROM public.ingest_delivery
   WHERE state = 'received' AND (lease_until IS NULL OR lease_until <= statement_timestamp()))
"""
READY_VALUES: dict[str, str] = {"relay": RELAY, "asleep": ASLEEP}
ALERTS = "SELECT rule, count(*) FROM public.watch_alert WHERE cleared_at IS NULL GROUP BY rule ORDER BY rule"


@dataclass(frozen=True)
class Queue:
    """What is due of a kind of work: how many wait for hands and since when, and how many are in hand."""

    kind: str
    waiting: int
    oldest: float
    in_hand: int


@dataclass(frozen=True)
class Life:
    """Processes of a queue that live, their hands, and how old the newest sign of life is."""

    queue: str
    processes: int
    hands: int
    age: float


@dataclass(frozen=True)
class Facts:
    """All of it at one moment. `sends` by state: how many, and the age of the oldest."""

    queues: tuple[Queue, ...]
    lives: tuple[Life, ...]
    sends: dict[str, tuple[int, float]]
    aside: dict[str, int]
    quarantined: dict[str, tuple[int, int]]  # by reason: all, and those of the last hour
    throttled: dict[str, int]  # refusals of the last hour by "<workspace>:<inbox>"
    alerts: dict[str, int]

    @property
    def oldest(self) -> float:
        """How long what is due has waited for hands at most."""
        return max((queue.oldest for queue in self.queues), default=0.0)

    def life(self, queue: str) -> Life | None:
        """The queue's processes; None when none was seen for an hour."""
        return next((life for life in self.lives if life.queue == queue), None)


@contextmanager
def bounded() -> Iterator[None]:
    """In the public schema, with questions that Postgres gives up after PATIENCE."""
    with tenants.enter(None), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}s'")
        yield


def facts() -> Facts:
    """How everything stands now. Raises DatabaseError."""
    with bounded():
        (waiting, oldest, in_hand), *_ = _ask(DELIVERIES)
        queues = [Queue(kind, count, float(age), leased) for kind, count, age, leased in _ask(WORK)]
        if waiting or in_hand:
            queues.append(Queue(PROCESS, waiting, float(oldest), in_hand))
        return Facts(
            queues=tuple(sorted(queues, key=lambda queue: queue.kind)),
            lives=tuple(Life(queue, alive, int(hands), float(age)) for queue, alive, hands, age in _ask(PULSES)),
            sends={state: (count, float(age)) for state, count, age in _ask(SENDS)},
            aside=dict(_ask(ASIDE)),
            quarantined={why: (count, fresh) for why, count, fresh in _ask(QUARANTINED)},
            throttled={label: int(count) for label, count in _ask(THROTTLED)},
            alerts=dict(_ask(ALERTS)),
        )


def _ask(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, {"most": MOST + 1, "asleep": ASLEEP, "away": AWAY_SECONDS})
        return list(cursor.fetchall())
