"""Keeps the exchanges with the outside that happened on behalf of a workspace, to be read: nothing decides by them.

They come together in memory and are written each second, many at once, so that nobody who waits for the outside takes
a connection for them.
"""

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from apps.core import flushing
from apps.core.http import Exchange

log = logging.getLogger(__name__)

FLUSH_SECONDS = 1.0
#: So many are written at once without waiting for the second to be over.
MANY = 300
#: So many are kept while they cannot be written; beyond it the oldest are dropped.
MOST = 5_000

# A workspace may be gone meanwhile, its records with it.
STANDING = "SELECT s FROM unnest(%s::text[]) s WHERE to_regclass(quote_ident(s) || '.core_exchange') IS NOT NULL"
INSERT = """
INSERT INTO {schema}.core_exchange (at, method, url, status, milliseconds, error)
SELECT * FROM unnest(%s::timestamptz[], %s::text[], %s::text[], %s::smallint[], %s::integer[], %s::text[])
"""


class Row(NamedTuple):
    """A record, in the order of INSERT's columns, and the schema it belongs into."""

    schema: str
    at: datetime
    method: str
    url: str
    status: int | None
    milliseconds: int
    error: str


class Buffer:
    """The records of this process that are not written yet, oldest first."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque()
        self._dropped = 0
        self._lock = threading.Lock()

    def put(self, row: Row) -> int:
        """Adds one; returns how many there are."""
        with self._lock:
            self._rows.append(row)
            self._drop()
            return len(self._rows)

    def put_back(self, rows: Iterable[Row]) -> None:
        """What was taken comes first again."""
        with self._lock:
            self._rows.extendleft(reversed(list(rows)))
            self._drop()

    def take(self) -> tuple[list[Row], int]:
        """All there are, and how many were dropped since the last time; it is empty afterwards."""
        with self._lock:
            taken, dropped = list(self._rows), self._dropped
            self._rows.clear()
            self._dropped = 0
        return taken, dropped

    def _drop(self) -> None:
        while len(self._rows) > MOST:
            self._rows.popleft()
            self._dropped += 1


_buffer = Buffer()


def record(seen: Exchange) -> None:
    """Keeps one for the workspace this thread is in; exchanges of the installation itself are not kept."""
    schema = getattr(connection, "schema_name", "public")
    if schema == "public":
        return
    row = Row(
        schema,
        timezone.now(),
        seen.method[:10],
        seen.url[:500],
        seen.status,
        round(seen.elapsed * 1000),
        seen.error[:80],
    )
    if _buffer.put(row) == MANY:
        flushing.soon()
    flushing.begin()


def flush() -> None:
    """Writes all that are kept. What could not be written is kept for the next time, and the error raised.

    Records that the database itself refuses are dropped, and counted in the log: they would be refused each time.
    """
    rows, dropped = _buffer.take()
    if dropped:
        log.warning("%s records of outgoing requests were dropped; the database took none for too long", dropped)
    try:
        if rows:
            _write(rows)
    except (DataError, IntegrityError) as error:
        log.error("%s records of outgoing requests were refused (%s)", len(rows), type(error).__name__)
    except Exception:
        _buffer.put_back(rows)
        raise


def _write(rows: Iterable[Row]) -> None:
    """One statement for each workspace, and one commit."""
    by_schema: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_schema[row.schema].append(row)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STANDING, [sorted(by_schema)])
        for (schema,) in cursor.fetchall():
            _, *columns = (list(column) for column in zip(*by_schema[schema], strict=True))
            cursor.execute(INSERT.format(schema=connection.ops.quote_name(schema)), columns)


def _begin_anew() -> None:
    global _buffer
    _buffer = Buffer()


flushing.regularly("Records of outgoing requests", flush, _begin_anew, every=FLUSH_SECONDS)
