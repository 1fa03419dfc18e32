"""Bot: who speaks for the business, with which model, and how patiently. BotChange: who changed what of it.

Also GettingStarted: whether the workspace's people have put the first steps aside.
"""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.crypto import EncryptedField


class Bot(models.Model):
    """A persona with a model. Its knowledge hangs on it, inboxes point to it."""

    class Provider(models.TextChoices):
        OFFLINE = "offline", "Offline answerer (quotes your knowledge; not a language model)"
        OPENAI = "openai", "OpenAI or a compatible service"

    class Tone(models.TextChoices):
        FRIENDLY = "friendly", _("Friendly")
        PROFESSIONAL = "professional", _("Professional")
        CASUAL = "casual", _("Casual")
        FORMAL = "formal", _("Formal")

    #: What is said with less confidence than this is not said, when the owner has not set it. See docs/assistant.md.
    USUAL_CONFIDENCE = 0.3
    MOST_FALLBACK = 500
    #: Characters of the longest answer an owner may ask for; less than any provider takes in one message.
    LEAST_ANSWER, MOST_ANSWER = 100, 4000

    name = models.CharField(max_length=80)
    business = models.CharField(max_length=120)
    persona = models.TextField(blank=True)
    tone = models.CharField(max_length=20, choices=Tone, default=Tone.FRIENDLY)
    language = models.CharField(max_length=8, default="en")
    region = models.CharField(max_length=2, blank=True)  # ISO country in which phone numbers are read
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.OFFLINE)
    model = models.CharField(max_length=80, blank=True)
    api_key = EncryptedField(context="bot.api_key", blank=True, default="")  # empty: the installation's
    # Empty: the model's own. Some models take no other.
    temperature = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(2)])
    max_characters = models.PositiveSmallIntegerField(
        default=1000, validators=[MinValueValidator(LEAST_ANSWER), MaxValueValidator(MOST_ANSWER)]
    )
    # An answer with less confidence, 0 to 1, or with a value that stands nowhere, is not sent; the fallback is.
    least_confidence = models.FloatField(
        default=USUAL_CONFIDENCE,
        db_default=USUAL_CONFIDENCE,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    fallback = models.CharField(
        max_length=MOST_FALLBACK, blank=True, default="", db_default=""
    )  # empty: our own, in the language
    enabled = models.BooleanField(default=True)
    # A burst of messages is answered once: this long after its last one, and at the latest so long after its first.
    quiet_seconds = models.PositiveSmallIntegerField(default=3)
    quiet_limit_seconds = models.PositiveSmallIntegerField(default=20)
    #: After this much silence of the person who took over, the bot answers again.
    resume_after_hours = models.PositiveSmallIntegerField(default=12)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class BotChange(models.Model):
    """Who did what to a bot; stays when the bot is gone."""

    class What(models.TextChoices):
        CREATED = "created", _("Created")
        CHANGED = "changed", _("Changed")
        SWITCHED_ON = "switched_on", _("Switched on")
        SWITCHED_OFF = "switched_off", _("Switched off")
        COPIED = "copied", _("Made as a copy")
        DELETED = "deleted", _("Deleted")

    bot = models.ForeignKey(Bot, null=True, on_delete=models.SET_NULL, related_name="changes")
    bot_name = models.CharField(max_length=80)
    what = models.CharField(max_length=20, choices=What)
    fields = models.JSONField(default=list)  # names of what was changed; never values
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.bot_name}: {self.what}"


class GettingStarted(models.Model):
    """One row once somebody put the first steps aside for everybody in the workspace."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    dismissed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"First steps put aside {self.dismissed_at:%Y-%m-%d}"
