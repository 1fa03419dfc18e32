"""Claiming deliveries: a Delivery is its own item of work, so that storing it is one insert."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.core import metrics
from apps.core.statements import LIGHTLY, Statement, columns
from apps.ingest.models import Delivery
from apps.ingest.waiting import Seen
from apps.tenants.models import Hook
from apps.work import ages, owed

MAX_ATTEMPTS = 5
RETRIES = ("delivery_retry_1", "delivery_retry_2", "delivery_retry_3", "delivery_retry_4")
#: Of what was seen, so many times as many are tried as are wanted: others may be taking them now.
SPARE = 4

# What was seen waits still if it has the same token: each claim changes it. `processed_at` says the same as the
# state, without tempting Postgres to look for the few in the index of all that waits.
# As with items of work, a claim that a crash of Postgres takes along was followed by nothing that stands.
TAKE = Statement(f"""
WITH {LIGHTLY}, wanted AS (
  SELECT * FROM unnest(%(ids)s::bigint[], %(tokens)s::bigint[]) WITH ORDINALITY AS seen (id, token, place)
), mine AS (
  SELECT d.id FROM wanted JOIN ingest_delivery d USING (id, token)
  WHERE d.received_at >= %(first)s AND d.received_at <= %(last)s AND d.processed_at IS NULL
    AND (d.lease_until IS NULL OR d.lease_until <= statement_timestamp())
  ORDER BY wanted.place LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
)
UPDATE ingest_delivery d
SET lease_until = statement_timestamp() + make_interval(secs => %(lease)s), attempts = d.attempts + 1,
    token = greatest(d.token + 1, floor(extract(epoch FROM clock_timestamp()) * 1e6)::bigint)
FROM mine, tenants_hook, lightly
WHERE d.id = mine.id AND d.received_at >= %(first)s AND d.received_at <= %(last)s AND tenants_hook.id = d.hook_id
RETURNING {columns(Delivery, "d")}, tenants_hook.provider,
          extract(epoch FROM statement_timestamp() - d.received_at)::float8 AS waited
""")  # noqa: S608  # nosec B608  # ours
# What is closed and is not, after such a crash, is read once more and found to be there.
FINISH = Statement(f"""
WITH {LIGHTLY}
UPDATE public.ingest_delivery d
SET state = done.state, items = done.items, error = done.error, processed_at = statement_timestamp(),
    lease_until = NULL
FROM unnest(%(ids)s::bigint[], %(tokens)s::bigint[], %(states)s::varchar[], %(items)s::integer[], %(errors)s::varchar[])
  AS done (id, token, state, items, error), lightly
WHERE d.id = done.id AND d.token = done.token AND d.received_at >= %(first)s AND d.received_at <= %(last)s
RETURNING d.id
""")  # noqa: S608  # nosec B608  # ours
# Only what is still in hand is renewed: what was left for another try waits for that by its lease.
RENEW = """
UPDATE public.ingest_delivery d SET lease_until = statement_timestamp() + make_interval(secs => %(lease)s)
FROM unnest(%(ids)s::bigint[], %(tokens)s::bigint[]) AS held (id, token)
WHERE d.id = held.id AND d.token = held.token AND d.processed_at IS NULL
  AND d.received_at >= %(first)s AND d.received_at <= %(last)s
"""
HAND_BACK = """
UPDATE public.ingest_delivery d SET attempts = greatest(d.attempts - 1, 0),
    error = CASE WHEN d.token = back.token THEN %(error)s ELSE d.error END,
    lease_until = CASE WHEN d.token = back.token
      THEN statement_timestamp() + least(greatest(statement_timestamp() - d.received_at,
                                                  make_interval(secs => %(least)s)), make_interval(secs => %(most)s))
      ELSE d.lease_until END
FROM unnest(%(ids)s::bigint[], %(tokens)s::bigint[]) AS back (id, token)
WHERE d.id = back.id AND d.token >= back.token AND d.processed_at IS NULL
  AND d.received_at >= %(first)s AND d.received_at <= %(last)s
"""
DATABASE_FAILED = "the database failed"


@dataclass(frozen=True)
class Finished:
    """What became of a delivery that somebody held; `items` None when nobody could count them."""

    delivery: Delivery
    state: Delivery.State
    items: int | None = None
    error: str = ""


def take(seen: Sequence[Seen], limit: int) -> list[Delivery]:
    """Up to `limit` of the deliveries that were seen waiting, the first first, leased for a while; oldest first."""
    owed.settle()
    wanted = seen[: limit * SPARE]
    if not wanted:
        return []
    days = [one.received_at for one in wanted]
    asked = {
        "ids": [one.id for one in wanted],
        "tokens": [one.token for one in wanted],
        "first": min(days),
        "last": max(days),
        "limit": limit,
        "lease": float(ages.seconds("delivery_lease")),
    }
    taken = TAKE.objects(Delivery, asked)
    for delivery in taken:
        # As `only("id", "provider")` would give it: whoever asks for more gets it from the database.
        known = [delivery.hook_id, delivery.provider]  # type: ignore[attr-defined]  # annotated
        delivery.hook = Hook.from_db(connection.alias, ["id", "provider"], known)
    return sorted(taken, key=lambda delivery: delivery.pk)


def renew_all(held: Collection[Delivery]) -> None:
    """Prolongs the leases of what is still in hand from now on; what somebody else has claimed since stays theirs."""
    if not held:
        return
    days = [delivery.received_at for delivery in held]
    told: dict[str, Any] = {
        "ids": [delivery.pk for delivery in held],
        "tokens": [delivery.token for delivery in held],
        "first": min(days),
        "last": max(days),
        "lease": ages.seconds("delivery_lease"),
    }
    with connection.cursor() as cursor:
        cursor.execute(RENEW, told)


def finish(delivery: Delivery, state: Delivery.State, *, items: int | None = None, error: str = "") -> bool:
    """Closes the delivery; False when somebody else has claimed it since."""
    return bool(finish_all([Finished(delivery, state, items, error)]))


def finish_all(done: Sequence[Finished]) -> set[int]:
    """Closes the deliveries in one statement; the ids of those that nobody else has claimed since."""
    if not done:
        return set()
    days = [one.delivery.received_at for one in done]
    told: dict[str, Any] = {
        "ids": [one.delivery.pk for one in done],
        "tokens": [one.delivery.token for one in done],
        "states": [str(one.state) for one in done],
        "items": [one.items for one in done],
        "errors": [one.error[:300] for one in done],
        "first": min(days),
        "last": max(days),
    }
    closed = {id for (id,) in FINISH.rows(told)}
    now = timezone.now()
    for one in done:
        if one.delivery.pk in closed:
            metrics.count("deliveries", one.state)
            metrics.observe("processing_seconds", max((now - one.delivery.received_at).total_seconds(), 0.0))
    return closed


def hand_back(deliveries: Sequence[Delivery], *, slowly: bool) -> None:
    """Leaves deliveries that the database failed for another try, which this one does not count as.

    `slowly` those that it failed itself: they wait as long again as they have waited. The others, whose turn did not
    come, come before them next time. Also when others have one by now: their claim counts, this one does not.
    """
    if not deliveries:
        return
    days = [delivery.received_at for delivery in deliveries]
    told: dict[str, Any] = {
        "ids": [delivery.pk for delivery in deliveries],
        "tokens": [delivery.token for delivery in deliveries],
        "least": ages.seconds(RETRIES[0]) * (2 if slowly else 1),
        "most": ages.seconds(RETRIES[-1] if slowly else RETRIES[0]),
        "error": DATABASE_FAILED,
        "first": min(days),
        "last": max(days),
    }
    with connection.cursor() as cursor:
        cursor.execute(HAND_BACK, told)


def later(delivery: Delivery, error: str) -> None:
    """Leaves the delivery for another try after a while."""
    wait = ages.seconds(RETRIES[min(delivery.attempts, len(RETRIES)) - 1])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ingest_delivery SET lease_until = statement_timestamp() + make_interval(secs => %s), error = %s "
            "WHERE id = %s AND received_at = %s AND token = %s",
            [wait, error[:300], delivery.pk, delivery.received_at, delivery.token],
        )
