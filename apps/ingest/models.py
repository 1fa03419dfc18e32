"""Delivery: one signed POST as received. Quarantined: an item of one that nobody could be given.

Deliveries lie in a partition per UTC day, which `partitions` makes ahead and drops after 30 days.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.providers.base import LONGEST_LANE
from apps.tenants.models import Hook


class Delivery(models.Model):
    """One signed webhook POST, stored as received before it is answered. It is its own item of work.

    Postgres knows it by (id, received_at): whoever names both asks one partition. Ids are unique all the same.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        PROCESSED = "processed", _("Processed")
        UNREADABLE = "unreadable", _("Unreadable")
        FAILED = "failed", _("Failed, set aside")

    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries")
    lane = models.CharField(max_length=LONGEST_LANE, db_default="")  # whom it seems to be for: Hook.lane of `providers`
    body = models.BinaryField(null=True)  # None some days after it was processed
    headers = models.JSONField(default=dict)
    received_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=20, choices=State, db_default=State.RECEIVED)
    items = models.PositiveIntegerField(null=True)  # how many items it held
    error = models.CharField(max_length=300, db_default="")
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(db_default=0)
    attempts = models.PositiveIntegerField(db_default=0)
    processed_at = models.DateTimeField(null=True)

    #: Seconds that it had waited when it was claimed; `claims.take` knows it.
    waited = 0.0

    class Meta:
        indexes = [
            models.Index(
                fields=["hook", "lane", "id"], name="delivery_waiting_by_lane", condition=models.Q(state="received")
            )
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class Quarantined(models.Model):
    """An item of a delivery that was kept aside: nobody's number, another hook's, or not readable."""

    class Why(models.TextChoices):
        UNKNOWN_ROUTE = "unknown_route", _("The number is not connected here")
        FOREIGN_ROUTE = "foreign_route", _("The number belongs to another hook's workspace")
        UNREADABLE = "unreadable", _("The item could not be read")
        UNUSED = "unused", _("Nothing here uses this kind of item")
        FAILED = "failed", _("Processing failed")

    # No constraint: a key of a partitioned table holds the day too. Rows go with the day's partition.
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="quarantined", db_constraint=False)
    place = models.PositiveIntegerField()  # which item of the delivery, from 0
    why = models.CharField(max_length=20, choices=Why)
    detail = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)  # when a replay could use it
    dismissed_at = models.DateTimeField(null=True)  # when somebody of the staff decided that nothing is to be done

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "place"], name="quarantined_once")]
        verbose_name = verbose_name_plural = "quarantined"

    def __str__(self) -> str:
        return f"Item {self.place} of delivery {self.delivery_id}: {self.why}"
