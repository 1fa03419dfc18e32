"""Conversation, Message, StateChange and InboxHealth. The message row is the outbox."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from apps.contacts.models import Contact
from apps.inboxes.models import Inbox


class Conversation(models.Model):
    """What a contact and the business write to each other by one inbox.

    `epoch` moves on whenever a person takes over: what the bot decided before is then void.
    `ai_paused_at` None means the bot answers.
    """

    class Paused(models.TextChoices):
        NOT = "", "Answering"
        HANDOFF = "handoff", "Handed over to people"
        PERSON = "person", "A person is talking"
        SWITCH = "switch", "Switched off"

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="conversations")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="conversations")
    epoch = models.PositiveBigIntegerField(default=0)
    ai_paused_at = models.DateTimeField(null=True)
    ai_paused_why = models.CharField(max_length=20, choices=Paused, default=Paused.NOT, blank=True)
    vendor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    unread = models.PositiveIntegerField(default=0)
    last_inbound_at = models.DateTimeField(null=True)  # opens the provider's reply window
    last_message_at = models.DateTimeField(null=True)
    preview = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "contact"], name="conversation_once")]
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], name="conversation_recent"),
            models.Index(fields=["changed_at"], name="conversation_changed"),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.pk}"

    @property
    def ai_on(self) -> bool:
        """Whether the bot answers here."""
        return self.ai_paused_at is None


class Message(models.Model):
    """One message of a conversation. An outgoing one is its own outbox entry; states only move forward."""

    class Direction(models.TextChoices):
        IN = "in", "Received"
        OUT = "out", "Sent"

    class Author(models.TextChoices):
        CONTACT = "contact", "Contact"
        BOT = "bot", "Bot"
        PERSON = "person", "Person"
        PHONE = "phone", "Written in the phone app"
        NOTE = "note", "Note"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        PENDING = "pending", "Waiting to be sent"
        SENDING = "sending", "Being sent"
        UNKNOWN = "unknown", "Unknown whether it arrived"
        UNCONFIRMED = "unconfirmed", "Not confirmed"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        READ = "read", "Read"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled: a person took over"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    author = models.CharField(max_length=10, choices=Author)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    via = models.CharField(max_length=80, blank=True, default="")  # the API key's name, when a program wrote it
    kind = models.CharField(max_length=20, default="text")  # providers.base.ContentKind
    text = models.TextField(blank=True)
    content = models.JSONField(default=dict)  # details by kind; for people's choices, places, files
    referral = models.JSONField(default=dict)  # the ad or post they came from
    reply_to = models.CharField(max_length=200, blank=True)  # external id
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # travels as the vendor's opaque data
    external_id = models.CharField(max_length=200, null=True)  # noqa: DJ001  # many without one, under a unique key
    #: What the vendor called earlier sends of it, which failed for good: late news of them is none of this one.
    former_ids = ArrayField(models.CharField(max_length=200), default=list, db_default=[])
    state = models.CharField(max_length=20, choices=State)
    epoch = models.PositiveBigIntegerField(default=0)  # a bot's message is void when the conversation's has moved on
    attempts = models.PositiveSmallIntegerField(default=0)
    wait_until = models.DateTimeField(null=True)  # a refused one is not tried again before
    trouble = models.CharField(max_length=20, blank=True)  # providers.base.Trouble
    trouble_code = models.CharField(max_length=40, blank=True)
    trouble_detail = models.CharField(max_length=300, blank=True)
    sent_at = models.DateTimeField(null=True)  # the vendor's clock, for received messages
    answered_at = models.DateTimeField(null=True)  # when a turn decided about a received message
    # By the database's clock, as all that ages: processes on several machines do not agree on the time.
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inbox", "external_id"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_thread"),
            models.Index(
                fields=["conversation", "id"],
                name="message_unanswered",
                condition=models.Q(direction="in", answered_at__isnull=True),
            ),
            models.Index(
                fields=["conversation", "state"],
                name="message_outbox",
                condition=models.Q(state__in=["pending", "sending", "unknown"]),
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"


class InboxHealth(models.Model):
    """What sending by an inbox has shown: whether the vendor tells what became of messages, and if we must pause.

    Made when it is first needed. `paused_for` says why it pauses (providers.base.Trouble) until `paused_until`,
    or until it is reconnected when that is empty; `strikes` counts the vendor's refusals since it last took one.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="health")
    status_at = models.DateTimeField(null=True)  # when, by the vendor's clock, it last told what became of one
    paused_until = models.DateTimeField(null=True)
    paused_for = models.CharField(max_length=20, blank=True)
    strikes = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"Health of inbox {self.inbox_id}"


class StateChange(models.Model):
    """When a message came into a state: its history, one row per move."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="history")
    state = models.CharField(max_length=20, choices=Message.State)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.message_id} {self.state}"
