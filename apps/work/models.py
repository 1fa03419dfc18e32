"""WorkItem says what is due for a workspace; Bucket holds a rate; Pulse shows which hands are alive."""

from django.db import models

from apps.tenants.models import Workspace

#: The `error` of an item that waits only because its workspace is suspended or unfinished.
ASLEEP = "The workspace is not working."


class WorkItem(models.Model):
    """Something due for a workspace. One row per (workspace, kind, key), reused for ever.

    `due_at` None: nothing to do. `lease_until` in the future: somebody is at it, and only who knows `token`
    may finish it. All times are the database's clock.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="work")
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=80)
    due_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    quarantined_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "key"], name="workitem_once")]
        indexes = [
            models.Index(
                fields=["kind", "workspace", "due_at"],
                name="workitem_due",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["kind", "lease_until"], name="workitem_leased", condition=models.Q(lease_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Bucket(models.Model):
    """A rate shared by all processes: the time at which the next token is regularly due (GCRA)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="buckets")
    name = models.CharField(max_length=80)
    next_at = models.DateTimeField()
    granted = models.BooleanField(default=True)  # the answer to the latest question, returned by its statement

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="bucket_once")]

    def __str__(self) -> str:
        return self.name


class Pulse(models.Model):
    """A process that says it is alive: how many hands it has for which queue."""

    process = models.CharField(max_length=120, unique=True)
    queue = models.CharField(max_length=40)
    hands = models.PositiveIntegerField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.process
