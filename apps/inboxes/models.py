"""Inbox: one connected number, with what is needed to send by it."""

from django.db import models

from apps.bots.models import Bot
from apps.core.crypto import EncryptedField
from apps.providers.base import Credentials


class Inbox(models.Model):
    """One connected number, page or widget; belongs to a bot."""

    class State(models.TextChoices):
        CONNECTED = "connected", "Connected"
        BROKEN = "broken", "Needs to be reconnected"
        DISCONNECTED = "disconnected", "Disconnected"

    provider = models.CharField(max_length=40)
    external_key = models.CharField(max_length=120)  # e.g. the phone_number_id
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=80, blank=True)  # what people write to, e.g. the phone number
    bot = models.ForeignKey(Bot, on_delete=models.PROTECT, related_name="inboxes")
    token = EncryptedField(context="inbox.token", blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.CONNECTED)
    trouble = models.CharField(max_length=300, blank=True)  # why it is broken, for people
    rate_per_minute = models.PositiveIntegerField(default=80)  # the bot's messages; people only have the provider's
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "external_key"], name="inbox_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> Credentials:
        """What the provider needs to act for this inbox, decrypted."""
        return Credentials(external_key=self.external_key, token=self.token)
