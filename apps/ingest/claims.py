"""Claiming deliveries: a Delivery is its own item of work, so that storing it is one insert."""

from django.db import connection

from apps.ingest.models import Delivery

LEASE_SECONDS = 60
MAX_ATTEMPTS = 5
RETRY_SECONDS = (2, 10, 30, 60)

CLAIM = """
UPDATE ingest_delivery d
SET lease_until = statement_timestamp() + make_interval(secs => %s), token = d.token + 1, attempts = d.attempts + 1
FROM (
  SELECT id FROM ingest_delivery
  WHERE state = 'received' AND (lease_until IS NULL OR lease_until <= statement_timestamp())
  ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) mine
WHERE d.id = mine.id RETURNING d.id
"""


def claim(limit: int) -> list[Delivery]:
    """Up to `limit` deliveries that wait, oldest first, leased for a minute."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE_SECONDS, limit])
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).select_related("hook").order_by("pk"))


def finish(delivery: Delivery, state: Delivery.State, *, items: int | None = None, error: str = "") -> bool:
    """Closes the delivery; False when somebody else has claimed it since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ingest_delivery SET state = %s, items = %s, error = %s, processed_at = statement_timestamp(), "
            "lease_until = NULL WHERE id = %s AND token = %s",
            [state, items, error[:300], delivery.pk, delivery.token],
        )
        return bool(cursor.rowcount == 1)


def later(delivery: Delivery, error: str) -> None:
    """Leaves the delivery for another try after a while."""
    wait = RETRY_SECONDS[min(delivery.attempts, len(RETRY_SECONDS)) - 1]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ingest_delivery SET lease_until = statement_timestamp() + make_interval(secs => %s), error = %s "
            "WHERE id = %s AND token = %s",
            [wait, error[:300], delivery.pk, delivery.token],
        )


def count_waiting() -> int:
    """How many rings the waiting deliveries deserve: one per batch, at most some."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM ingest_delivery WHERE state = 'received' "
            "AND (lease_until IS NULL OR lease_until <= statement_timestamp()) LIMIT 400) waiting"
        )
        return int(cursor.fetchone()[0])
