"""What is kept aside: items of deliveries that nobody here can be given, until somebody can, or says never."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from apps.ingest.models import Delivery, Quarantined


class Aside(Exception):
    """An item that nobody here can be given."""

    def __init__(self, why: Quarantined.Why, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


#: Rows that are written in one statement.
BATCH = 1_000

RELEASE = """
UPDATE public.ingest_quarantined q SET released_at = %s
FROM unnest(%s::bigint[], %s::integer[]) AS used (delivery_id, place)
WHERE q.delivery_id = used.delivery_id AND q.place = used.place AND q.released_at IS NULL
"""
#: A delivery's id and a place in it.
Spot = tuple[int, int]


def keep(delivery: Delivery, place: int, why: Quarantined.Why, detail: str) -> None:
    """Keeps the item at this place of the delivery aside, also if it was released before."""
    keep_all([kept(delivery, place, why, detail)])


def kept(delivery: Delivery, place: int, why: Quarantined.Why, detail: str) -> Quarantined:
    """The row of an item that is to be kept aside, not yet written."""
    return Quarantined(delivery=delivery, place=place, why=why, detail=detail[:300])


def keep_all(rows: Sequence[Quarantined]) -> None:
    """Keeps these aside, each place once, also what was released before: a hostile delivery has thousands."""
    Quarantined.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["delivery", "place"],
        update_fields=["why", "detail", "released_at"],
    )


def release_all(spots: Sequence[Spot]) -> None:
    """What stands there could be used now."""
    for first in range(0, len(spots), BATCH):
        deliveries, places = zip(*spots[first : first + BATCH], strict=True)
        with connection.cursor() as cursor:
            cursor.execute(RELEASE, [timezone.now(), list(deliveries), list(places)])
