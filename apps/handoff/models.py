"""Handoff: a conversation that waits for people, or is theirs."""

from django.conf import settings
from django.db import models

from apps.conversations.models import Conversation


class Handoff(models.Model):
    """People take over a conversation: pending, assigned, resolved. At most one is open per conversation."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting for a person"
        ASSIGNED = "assigned", "With a person"
        RESOLVED = "resolved", "Resolved"

    class AskedBy(models.TextChoices):
        CONTACT = "contact", "The contact"
        BOT = "bot", "The bot"
        PERSON = "person", "A person"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handoffs")
    state = models.CharField(max_length=20, choices=State, default=State.PENDING)
    asked_by = models.CharField(max_length=10, choices=AskedBy)
    reason = models.CharField(max_length=300, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=~models.Q(state="resolved"), name="handoff_one_open"
            )
        ]

    def __str__(self) -> str:
        return f"Handoff {self.pk} ({self.state})"
