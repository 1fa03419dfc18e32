"""Bot: who speaks for the business, with which model, and how patiently."""

from django.db import models


class Bot(models.Model):
    """A persona with a model. Its knowledge hangs on it, inboxes point to it."""

    class Provider(models.TextChoices):
        OFFLINE = "offline", "Offline answerer (quotes your knowledge; not a language model)"
        OPENAI = "openai", "OpenAI or a compatible service"

    name = models.CharField(max_length=80)
    business = models.CharField(max_length=120)
    persona = models.TextField(blank=True)
    language = models.CharField(max_length=8, default="en")
    region = models.CharField(max_length=2, blank=True)  # ISO country in which phone numbers are read
    provider = models.CharField(max_length=20, choices=Provider, default=Provider.OFFLINE)
    model = models.CharField(max_length=80, blank=True)
    enabled = models.BooleanField(default=True)
    # A burst of messages is answered once: this long after its last one, and at the latest so long after its first.
    quiet_seconds = models.PositiveSmallIntegerField(default=3)
    quiet_limit_seconds = models.PositiveSmallIntegerField(default=20)
    #: After this much silence of the person who took over, the bot answers again.
    resume_after_hours = models.PositiveSmallIntegerField(default=12)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
