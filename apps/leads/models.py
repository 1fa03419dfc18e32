"""Lead: what is known of a buyer, how far the sale is, and who works it."""

from django.conf import settings
from django.db import models

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.llm.base import LEAD_FIELDS


class Lead(models.Model):
    """The sales record of a contact with a bot.

    `fields`: {name: {"value": str, "source": "message" | "channel" | "person", "message": id | None}}.
    `asked`: {name: id of the customer's message after which the bot asked for it}; none is asked for twice.
    """

    class Stage(models.TextChoices):
        CAPTURING = "capturing", "Capturing"
        QUALIFIED = "qualified", "Qualified"
        ASSIGNED = "assigned", "Assigned"
        WON = "won", "Won"
        LOST = "lost", "Lost"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="leads")
    bot = models.ForeignKey(Bot, on_delete=models.PROTECT, related_name="leads")
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.CAPTURING)
    fields = models.JSONField(default=dict)
    asked = models.JSONField(default=dict)
    vendor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "bot"], name="lead_once")]

    def __str__(self) -> str:
        return f"Lead {self.pk}"

    def value(self, field: str) -> str:
        """What is known of a field; empty when nothing is."""
        return str(self.fields.get(field, {}).get("value", ""))

    @property
    def values(self) -> dict[str, str]:
        """The known fields in the order in which they are asked."""
        return {field: self.value(field) for field in LEAD_FIELDS if self.value(field)}

    @property
    def missing(self) -> list[str]:
        """The fields nobody has told us yet."""
        return [field for field in LEAD_FIELDS if not self.value(field)]

    @property
    def unasked(self) -> list[str]:
        """The fields to ask for, in order: missing, and never asked for before."""
        return [field for field in self.missing if field not in self.asked]
