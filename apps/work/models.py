"""WorkItem says what is due for a workspace, Chore what for the installation; Bucket and Rate hold rates; Pulse shows
life; Shared is what all processes remember for a while.
"""

from django.db import models
from django.db.models.functions import Now

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
    held_up = models.PositiveSmallIntegerField(default=0, db_default=0)  # so often in a row the database failed
    error = models.CharField(max_length=300, blank=True)
    slot = models.CharField(max_length=80, blank=True, default="", db_default="")  # a bucket's name: its turn there
    slot_at = models.DateTimeField(null=True)  # comes at this time

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
            # For runner.ANY_DUE alone: were it of `due_at` itself, Postgres would also take it where whole workspaces
            # are skipped (claims.CLAIM), and read each item of a flood whenever it takes few to be due.
            models.Index(
                models.F("kind"),
                models.Func(models.Value("UTC"), models.F("due_at"), function="timezone"),
                name="workitem_soonest",
                condition=models.Q(due_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Chore(models.Model):
    """Something the installation itself does again and again. One row per registered chore (work.chores).

    `due_at`, `lease_until` and `token` mean what they mean for a WorkItem.
    """

    name = models.CharField(max_length=60, unique=True)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    token = models.BigIntegerField(db_default=0)
    attempts = models.PositiveIntegerField(db_default=0)
    error = models.CharField(max_length=300, blank=True, default="", db_default="")
    done_at = models.DateTimeField(null=True)  # when it last ended well

    def __str__(self) -> str:
        return self.name


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


class Rate(models.Model):
    """How often somebody asked in this window and the one before (work.rates). `digest` says who without saying it."""

    digest = models.CharField(max_length=64, primary_key=True)
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    previous = models.PositiveIntegerField()
    granted = models.BooleanField()  # the answer to the latest question, returned by its statement
    most = models.PositiveIntegerField()
    seconds = models.FloatField()
    ends_at = models.DateTimeField(db_index=True)  # from then on the row says nothing

    def __str__(self) -> str:
        return self.digest


class Shared(models.Model):
    """Something that all processes remember for a while (work.shared_cache): a JSON value under a key's digest."""

    digest = models.CharField(max_length=64, primary_key=True)
    value = models.TextField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.digest


class Pulse(models.Model):
    """A process that says it is alive: how many hands it has for which queue, and since when without a gap."""

    process = models.CharField(max_length=120, unique=True)
    queue = models.CharField(max_length=40)
    hands = models.PositiveIntegerField()
    seen_at = models.DateTimeField()
    since = models.DateTimeField(db_default=Now())
    gap = models.FloatField(db_default=0.0)  # seconds that it was away before `since`

    def __str__(self) -> str:
        return self.process
