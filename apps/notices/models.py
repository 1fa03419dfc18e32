"""Notice: something one member should know. Choice: whether they want an e-mail about a kind of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.conversations.models import Conversation
from apps.inboxes.models import Inbox


class Notice(models.Model):
    """Something one member should know. It points to what it is about and copies none of it.

    `subject` names the cause, e.g. "inbox:7". While its notice is unread, the same cause only counts up, and may
    become of another kind: an inbox that broke works again.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20)  # kinds.KINDS
    subject = models.CharField(max_length=40)
    detail = models.CharField(max_length=60, blank=True)  # of a limit: "bots 4/5"
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="+")
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.CASCADE, related_name="+")
    count = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(db_default=Now())  # when it last happened
    created_at = models.DateTimeField(db_default=Now())  # when it happened first
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)  # when an e-mail of it was begun; empty again if it could not be sent
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject"], condition=models.Q(read_at=None), name="notice_once_unread"
            ),
            models.UniqueConstraint(
                fields=["user", "subject"],
                condition=models.Q(kind__in=["new_lead", "limit_near"]),  # kinds.KINDS: once
                name="notice_told_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-at"], name="notice_newest"),
            models.Index(fields=["subject"], name="notice_subject"),
            models.Index(fields=["at"], name="notice_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for user {self.user_id}"


class Choice(models.Model):
    """Whether a member wants e-mails about a kind. Without a row the kind's own default stands."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20)
    mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.kind} by e-mail for user {self.user_id}: {self.mail}"
