"""What is kept aside: items of deliveries that nobody here can be given, until somebody can, or says never."""

from django.utils import timezone

from apps.ingest.models import Delivery, Quarantined


class Aside(Exception):
    """An item that nobody here can be given."""

    def __init__(self, why: Quarantined.Why, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def keep(delivery: Delivery, place: int, why: Quarantined.Why, detail: str) -> None:
    """Keeps the item at this place of the delivery aside, also if it was released before."""
    Quarantined.objects.update_or_create(
        delivery=delivery, place=place, defaults={"why": why, "detail": detail[:300], "released_at": None}
    )


def release(delivery: Delivery, place: int) -> None:
    """The item could be used now. One that was never tried before was never kept."""
    if delivery.attempts > 1:
        Quarantined.objects.filter(delivery=delivery, place=place, released_at__isnull=True).update(
            released_at=timezone.now()
        )
