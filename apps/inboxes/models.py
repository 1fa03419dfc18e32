"""Inbox: one connected number, with what is needed to send by it. Widget: how a web chat looks."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.bots.models import Bot
from apps.core.crypto import EncryptedField
from apps.providers.base import Credentials
from apps.tenants.models import Hook


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
    account_key = models.CharField(max_length=120, blank=True, default="")  # the vendor's account, e.g. the WABA id
    #: Where the vendor posts for it, also while it is disconnected; several inboxes of one vendor app share it.
    # DO_NOTHING: a hook is deleted outside every workspace, where this table is not; Postgres guards the reference.
    hook = models.ForeignKey(Hook, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+")
    state = models.CharField(max_length=20, choices=State, default=State.CONNECTED)
    #: Since when it is connected and nothing is known against it. What the vendor said before is past, or not heard.
    working_since = models.DateTimeField(db_default=Now(), editable=False)
    trouble = models.CharField(max_length=300, blank=True)  # why it is broken, for people
    rate_per_minute = models.PositiveIntegerField(default=80)  # the bot's messages; people only have the provider's
    #: A bot's test conversation: on the same path, but in no list, report or limit.
    hidden = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "external_key"], name="inbox_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> Credentials:
        """What the provider needs to act for this inbox, decrypted."""
        return Credentials(external_key=self.external_key, token=self.token)


class Widget(models.Model):
    """How a web chat looks on the business's website. Which websites those are stands on its hook."""

    #: Petrol, as the rest of the product.
    COLOUR = "#0b6b74"

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="widget")
    title = models.CharField(max_length=60, blank=True)  # empty: the bot's name
    colour = models.CharField(
        max_length=7, default=COLOUR, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Write it like #0b6b74."))]
    )
    greeting = models.CharField(max_length=300, blank=True)
    offline_text = models.CharField(max_length=300, blank=True)  # shown while nobody answers by themselves

    def __str__(self) -> str:
        return f"Widget of inbox {self.inbox_id}"
