"""The ledger's days: a partition each, made a week ahead, emptied of bodies after three days, dropped after thirty.

What is kept aside of a delivery can be processed again as long as it is: until then its body stays, too.
A day without a partition loses nothing: its deliveries lie in the default one, and move when theirs is made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection, transaction

AHEAD_DAYS = 7
KEPT_DAYS = 30
BODY_DAYS = 3
#: Rows whose bodies are removed in one statement.
BATCH = 5_000
#: Nobody who stores a delivery waits longer than this for the table's shape to change.
PATIENCE = "SET LOCAL lock_timeout = '800ms'"
#: The comment of a partition without bodies: it need not be looked at again.
EMPTIED = "Without bodies"

# What nothing here uses will be of no more use by being processed again.
_OPEN = "q.released_at IS NULL AND q.dismissed_at IS NULL AND q.why <> 'unused'"
KEPT_ASIDE = f"EXISTS (SELECT 1 FROM public.ingest_quarantined q WHERE q.delivery_id = d.id AND {_OPEN})"  # noqa: S608  # nosec B608  # our own text
# Somebody settled it in the last week, by which it is found however often the hourly look was missed.
EMPTY_SETTLED = f"""
UPDATE public.ingest_delivery d SET body = NULL, headers = '{{}}'
WHERE d.id IN (
  SELECT q.delivery_id FROM public.ingest_quarantined q
  WHERE q.released_at > statement_timestamp() - interval '7 days'
     OR q.dismissed_at > statement_timestamp() - interval '7 days'
) AND d.received_at < %s AND d.body IS NOT NULL AND d.state <> 'received' AND d.processed_at < %s AND NOT {KEPT_ASIDE}
"""  # noqa: S608  # nosec B608  # our own text

_NAME = re.compile(r"ingest_delivery_(\d{8})")

DAYS = """
SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'public.ingest_delivery'::regclass ORDER BY c.relname
"""


@dataclass(frozen=True)
class Day:
    """One partition: all that was received on this day, in UTC."""

    day: date
    emptied: bool = False

    @property
    def table(self) -> str:
        """Its name, which holds nothing but digits that vary."""
        return f"ingest_delivery_{self.day:%Y%m%d}"

    @property
    def begins(self) -> datetime:
        """Midnight, UTC."""
        return datetime.combine(self.day, time(), UTC)

    @property
    def ends(self) -> datetime:
        """The next midnight."""
        return self.begins + timedelta(days=1)


def days() -> list[Day]:
    """The partitions there are, oldest first; the default one is none of them."""
    with connection.cursor() as cursor:
        cursor.execute(DAYS)
        found = [(_NAME.fullmatch(name), comment) for name, comment in cursor.fetchall()]
    return [
        Day(datetime.strptime(name.group(1), "%Y%m%d").date(), comment == EMPTIED)  # noqa: DTZ007  # a day, no time
        for name, comment in found
        if name
    ]


def make_ahead(today: date) -> list[Day]:
    """Makes the partitions of today and the next days that are missing; returns those."""
    there = {one.day for one in days()}
    wanted = [Day(today + timedelta(days=number)) for number in range(AHEAD_DAYS + 1)]
    missing = [one for one in wanted if one.day not in there]
    for one in missing:
        _make(one)
    return missing


def _make(one: Day) -> None:
    """Makes the day's table, moves what lies in the default partition into it, and attaches it, all or nothing."""
    bounds = [one.begins, one.ends]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PATIENCE)
        cursor.execute(f"CREATE TABLE public.{one.table} (LIKE public.ingest_delivery INCLUDING ALL)")
        cursor.execute("LOCK TABLE public.ingest_delivery_default IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            f"WITH moved AS (DELETE FROM public.ingest_delivery_default WHERE received_at >= %s AND received_at < %s "  # noqa: S608  # nosec B608  # our table
            f"RETURNING *) INSERT INTO public.{one.table} SELECT * FROM moved",
            bounds,
        )
        cursor.execute(
            f"ALTER TABLE public.ingest_delivery ATTACH PARTITION public.{one.table} FOR VALUES FROM (%s) TO (%s)",
            bounds,
        )


def drop_old(today: date) -> list[Day]:
    """Drops the days before the last thirty, with what was kept aside of them; returns those."""
    oldest = Day(today - timedelta(days=KEPT_DAYS))
    old = [one for one in days() if one.day < oldest.day]
    for one in old:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            cursor.execute(f"DROP TABLE public.{one.table}")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.ingest_delivery_default WHERE received_at < %s", [oldest.begins])
        cursor.execute(
            "DELETE FROM public.ingest_quarantined q "
            "WHERE NOT EXISTS (SELECT 1 FROM public.ingest_delivery d WHERE d.id = q.delivery_id)"
        )
    return old


def remove_bodies(now: datetime) -> Iterator[int]:
    """Removes bodies and headers of what was processed 72 hours ago, in batches; yields how many each time.

    What waits to be processed, or again, keeps them; so does that of which something is kept aside that could be used
    some day. A day that holds nothing else is not looked at again: what is settled of it later is found by its rows.
    """
    before = now - timedelta(days=BODY_DAYS)
    for one in days():
        if one.emptied or one.begins >= before:
            continue
        yield from _empty(one, before)
        if one.ends <= before and not _holds_bodies(one):
            with connection.cursor() as cursor:
                cursor.execute(f"COMMENT ON TABLE public.{one.table} IS '{EMPTIED}'")
    yield _empty_settled(before)


def _empty(one: Day, before: datetime) -> Iterator[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id), max(id) FROM public.{one.table}")  # noqa: S608  # nosec B608  # our table
        first, last = cursor.fetchone()
    for start in range(first or 0, (last or -1) + 1, BATCH):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE public.{one.table} d SET body = NULL, headers = '{{}}' WHERE id >= %s AND id < %s "  # noqa: S608  # nosec B608  # our table
                f"AND body IS NOT NULL AND state <> 'received' AND processed_at < %s AND NOT {KEPT_ASIDE}",
                [start, start + BATCH, before],
            )
            yield cursor.rowcount


def _empty_settled(before: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_SETTLED, [before, before])
        return cursor.rowcount


def _holds_bodies(one: Day) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM public.{one.table} d WHERE body IS NOT NULL "  # noqa: S608  # nosec B608  # our table
            f"AND (state = 'received' OR NOT {KEPT_ASIDE}))"
        )
        return bool(cursor.fetchone()[0])
