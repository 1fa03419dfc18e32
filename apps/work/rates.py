"""How often somebody may ask: counts in Postgres, so that all processes share them and losing Redis changes nothing.

A window slides: what was asked in the one before weighs as much as still lies within it. One statement counts a
request against all its limits; what is refused is not counted. The table is UNLOGGED: a crash of Postgres empties it.
"""

import hashlib
import logging
import math
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

log = logging.getLogger(__name__)

# Rows are locked in one order, whoever asks for which of them.
TAKE = """
INSERT INTO public.work_rate AS r (digest, began_at, count, previous, granted, most, seconds, ends_at)
SELECT digest, statement_timestamp(), 1, 0, true, most, seconds,
       statement_timestamp() + make_interval(secs => seconds * 2)
FROM unnest(%s::text[], %s::int[], %s::float8[]) AS asked (digest, most, seconds) ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET (began_at, count, previous, granted, most, seconds, ends_at) = (
  SELECT began_at, count + granted::int, previous, granted, excluded.most, excluded.seconds,
         began_at + make_interval(secs => excluded.seconds * 2)
  FROM (
    SELECT began_at, count, previous,
           count + previous * (1 - extract(epoch FROM statement_timestamp() - began_at) / excluded.seconds)
           <= excluded.most - 1 AS granted
    FROM (
      SELECT CASE passed WHEN 0 THEN r.began_at WHEN 1 THEN r.began_at + make_interval(secs => excluded.seconds)
                         ELSE statement_timestamp() END AS began_at,
             CASE passed WHEN 0 THEN r.count ELSE 0 END AS count,
             CASE passed WHEN 0 THEN r.previous WHEN 1 THEN r.count ELSE 0 END AS previous
      FROM (SELECT greatest(floor(extract(epoch FROM statement_timestamp() - r.began_at) / excluded.seconds), 0)::int
                   AS passed) AS clock
    ) AS slid
  ) AS judged
)
RETURNING digest, granted, count, previous, extract(epoch FROM statement_timestamp() - began_at)
"""


@dataclass(frozen=True)
class Limit:
    """At most so many in so many seconds, counted under this name for whoever asks."""

    name: str
    most: int
    seconds: float


@dataclass(frozen=True)
class Refused:
    """The limit that was reached and the whole seconds after which one more is granted."""

    limit: Limit
    wait: int


class Uncounted(Exception):
    """The request could not be counted. What costs must be refused, what costs nothing may pass."""


def take(*asked: tuple[Limit, str]) -> Refused | None:
    """Counts one request against each (limit, who); the longest refusal, or None when all grant it.

    Call it outside a transaction: the counts are locked until that ends. Raises Uncounted.
    """
    by_digest = {_digest(limit, who): limit for limit, who in asked}
    values: list[Any] = [
        list(by_digest),
        [limit.most for limit in by_digest.values()],
        [limit.seconds for limit in by_digest.values()],
    ]
    try:
        with connection.cursor() as cursor:
            cursor.execute(TAKE, values)
            answers = cursor.fetchall()
    except DatabaseError as error:
        log.warning("A request could not be counted: %s", type(error).__name__)
        raise Uncounted from error
    refused = [
        Refused(by_digest[digest], _wait(by_digest[digest], count, previous, float(into)))
        for digest, granted, count, previous, into in answers
        if not granted
    ]
    return max(refused, key=lambda one: one.wait, default=None)


def _wait(limit: Limit, count: int, previous: int, into: float) -> int:
    """Whole seconds until one more fits, should nobody else ask; `into` seconds of the window are over."""
    if count < limit.most:  # as soon as enough of the former window has slid out
        free_at = limit.seconds * (1 - (limit.most - 1 - count) / previous)
    else:  # in the next window, where these are the former ones
        free_at = limit.seconds + limit.seconds * (1 - (limit.most - 1) / count)
    return max(math.ceil(free_at - into), 1)


def _digest(limit: Limit, who: str) -> str:
    """Whom a count is for is not readable in the table: it may be a network address."""
    return hashlib.sha256(f"{limit.name} {who}".encode()).hexdigest()
