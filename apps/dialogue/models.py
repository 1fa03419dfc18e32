"""Turn: one decision about the unanswered messages of a conversation, and why it was so. Memo: what it was told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from apps.conversations.models import Conversation


class Turn(models.Model):
    """What the bot saw, did and why it did or did not answer. Exactly one outcome each."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", "Answered"
        ASKED_PERSON = "asked_person", "The contact asked for a person"
        HANDED_OFF = "handed_off", "The assistant asked for a person"
        OPTED_OUT = "opted_out", "The contact does not want to be written to"
        STOPPED = "stopped", "The contact asked to stop"
        RESUMED = "resumed", "The contact wants to be written to again"
        PERSON_TALKING = "person_talking", "People have the conversation"
        BOT_OFF = "bot_off", "The bot is switched off"
        INBOX_OFF = "inbox_off", "The inbox is not connected"
        NOTHING_TO_SAY = "nothing_to_say", "Nothing in it asks for an answer"
        TAKEN_OVER = "taken_over", "A person took over meanwhile"
        MODEL_FAILED = "model_failed", "The model gave no answer"
        SET_ASIDE = "set_aside", "Deciding failed again and again"
        NOT_GROUNDED = "not_grounded", "The answer did not rest on what the bot knows"
        LOOP = "loop", "Two machines were talking to each other"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    messages = ArrayField(models.BigIntegerField())  # ids of the received messages it decided about
    replies = ArrayField(models.BigIntegerField(), default=list)  # ids of the messages it queued
    outcome = models.CharField(max_length=20, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True)
    epoch = models.PositiveBigIntegerField()
    passages = models.JSONField(default=list)  # [{"chunk": id, "score": float, "used": bool}]
    knows = models.BooleanField(null=True)  # whether the knowledge held an answer; None when not asked
    # What the gate said of the answer: assistant.decision.Grounding as JSON; empty where no assistant was asked.
    grounding = models.JSONField(default=dict, db_default={})
    model = models.CharField(max_length=80, blank=True)
    # SHA-256 of what the model was told last
    prompt = models.CharField(max_length=64, blank=True, default="", db_default="")
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)  # the model call
    reruns = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"Turn {self.pk} ({self.outcome})"


class Memo(models.Model):
    """What was answered from outside to a turn that is not written yet; decided again, it does not ask again.

    `key` is the SHA-256 of who was asked what. Gone when the turn is written.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="memos")
    key = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "key"], name="memo_once")]

    def __str__(self) -> str:
        return f"Memo of conversation {self.conversation_id}"
