"""Tally and Span: what was counted. OpenSend, BrokenInbox: what workspaces' rows say, where one can ask for all.

Alert: something a person should know. Probe and Conversed: the synthetic conversation and its results.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Workspace


class Counted(models.Model):
    """Cells of a metric of core.metrics: how often, how long in all, and how often in each bucket."""

    name = models.CharField(max_length=60)
    label = models.CharField(max_length=80, blank=True, default="")
    count = models.BigIntegerField()
    total = models.FloatField()
    buckets = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} {self.label}".strip()


class Tally(Counted):
    """All that was ever counted. Never smaller than before, as Prometheus wants it."""

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["name", "label"], name="tally_once")]


class Span(Counted):
    """What was counted in the minute, or hour, that begins `at`. Forgotten after some days."""

    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "label", "at"], name="span_once")]
        indexes = [models.Index(fields=["at"], name="span_at")]


class OpenSend(models.Model):
    """A message of ours that has not reached its end: it waits, or nobody knows whether it arrived.

    Written with each change of the message's state, so that one question tells the oldest of all workspaces.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting to be sent")
        UNKNOWN = "unknown", _("Unknown whether it arrived")
        UNCONFIRMED = "unconfirmed", _("Not confirmed")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField()
    state = models.CharField(max_length=20, choices=State)
    since = models.DateTimeField(db_default=Now())  # when it was first to be sent
    at = models.DateTimeField(db_default=Now())  # when it came into this state

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "message_id"], name="opensend_once")]
        indexes = [models.Index(fields=["state", "at"], name="opensend_oldest")]

    def __str__(self) -> str:
        return f"Message {self.message_id} of workspace {self.workspace_id}: {self.state}"


class BrokenInbox(models.Model):
    """An inbox that does not work at present."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    inbox_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "broken inboxes"
        constraints = [models.UniqueConstraint(fields=["workspace", "inbox_id"], name="brokeninbox_once")]

    def __str__(self) -> str:
        return f"Inbox {self.inbox_id} of workspace {self.workspace_id}"


class Alert(models.Model):
    """Something a person should know: raised once, told, told again while it lasts, and told when it is over."""

    rule = models.CharField(max_length=40)  # of watch.rules
    subject = models.CharField(max_length=120, blank=True, default="")  # which one: a kind of work, an inbox
    workspace = models.ForeignKey(Workspace, null=True, on_delete=models.CASCADE, related_name="+")
    facts = models.JSONField(default=dict)  # numbers that its text needs
    raised_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())  # when it was last found to be so
    told_at = models.DateTimeField(null=True)
    times_told = models.PositiveIntegerField(db_default=0)
    noticed_at = models.DateTimeField(null=True)  # when the workspace's own people were told
    cleared_at = models.DateTimeField(null=True)
    over_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"], condition=models.Q(cleared_at__isnull=True), name="alert_open_once"
            )
        ]
        indexes = [models.Index(fields=["-raised_at"], name="alert_newest")]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}".strip()


class Probe(models.Model):
    """The hidden workspace in which we talk to ourselves. It has no members; lists and figures leave it out."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="probe")
    chat_key = models.CharField(max_length=60, blank=True, default="")  # the web chat's external key
    ready = models.BooleanField(default=False)  # whether bot, knowledge and chat were made

    def __str__(self) -> str:
        return f"Probe in workspace {self.workspace_id}"


class Conversed(models.Model):
    """One synthetic conversation: when the made-up customer asked, and when each step was done."""

    visitor = models.CharField(max_length=32)
    asked_at = models.DateTimeField(db_default=Now())
    stored_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ok = models.BooleanField(null=True)  # None while it is under way
    problem = models.CharField(max_length=40, blank=True, default="")  # of watch.synthetic.PROBLEMS

    class Meta:
        verbose_name_plural = "conversed"
        indexes = [models.Index(fields=["-asked_at"], name="conversed_newest")]

    def __str__(self) -> str:
        return f"Synthetic conversation {self.pk}"
