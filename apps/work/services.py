"""Makes work due, and asks a bucket for a token. Both within or without a transaction of the caller."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from apps import tenants
from apps.tenants.models import Workspace
from apps.work.models import ASLEEP, WorkItem

# An item that is leased must get a due time other than the one its holder has seen, or finishing would erase it:
# one that lies in the past, which the holder may have seen already, becomes the present.
# A quarantined one starts anew: something new has happened to it.
MAKE_DUE = """
INSERT INTO work_workitem (workspace_id, kind, key, due_at, token, attempts, error)
VALUES (%(workspace)s, %(kind)s, %(key)s, coalesce(%(at)s, statement_timestamp()), 0, 0, '')
ON CONFLICT (workspace_id, kind, key) DO UPDATE SET
  due_at = CASE WHEN work_workitem.lease_until IS NOT NULL THEN greatest(excluded.due_at, clock_timestamp())
                WHEN work_workitem.due_at IS NULL OR %(exactly)s THEN excluded.due_at
                ELSE least(work_workitem.due_at, excluded.due_at) END,
  attempts = CASE WHEN work_workitem.quarantined_at IS NULL THEN work_workitem.attempts ELSE 0 END,
  quarantined_at = NULL
"""

TAKE = """
INSERT INTO work_bucket AS b (workspace_id, name, next_at, granted)
VALUES (%(workspace)s, %(name)s, statement_timestamp() + %(interval)s, true)
ON CONFLICT (workspace_id, name) DO UPDATE SET
  granted = b.next_at - %(slack)s <= statement_timestamp(),
  next_at = CASE WHEN b.next_at - %(slack)s <= statement_timestamp()
                 THEN greatest(b.next_at, statement_timestamp()) + %(interval)s ELSE b.next_at END
RETURNING granted, extract(epoch FROM next_at - %(slack)s - statement_timestamp())
"""


def make_due(kind: str, key: object, *, at: datetime | None = None, exactly: bool = False) -> None:
    """Says that this is due for the workspace we are in, `at` a time or now.

    An earlier due time is kept, unless `exactly`. Write it in the transaction of the row that causes it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            MAKE_DUE,
            {"workspace": workspace_id(), "kind": kind, "key": str(key), "at": at, "exactly": exactly},
        )


def take(name: str, *, per_minute: float, burst: int = 1) -> float:
    """Takes a token of the workspace's bucket; returns 0.0 when granted, else the seconds to wait.

    `burst` tokens may be taken at once after a pause. Holds the bucket's row until the transaction ends, so
    call it outside one.
    """
    interval = 60 / per_minute
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE.replace("%(interval)s", "make_interval(secs => %(interval)s)").replace(
                "%(slack)s", "make_interval(secs => %(slack)s)"
            ),
            {"workspace": workspace_id(), "name": name, "interval": interval, "slack": interval * (burst - 1)},
        )
        granted, wait = cursor.fetchone()
    return 0.0 if granted else max(float(wait), 0.01)


def wake(workspace: Workspace) -> int:
    """Makes due at once what waits only because the workspace was suspended or unfinished; returns how many."""
    asleep = WorkItem.objects.filter(workspace=workspace, error=ASLEEP, lease_until=None, due_at__isnull=False)
    return asleep.update(due_at=Now(), error="")


def take_back(item: WorkItem) -> bool:
    """Ends the lease of an item, so that other hands may take it. False when nobody held it.

    Raises the token: whoever held it can finish nothing any more, and commits nothing that asks for the fence.
    """
    held = WorkItem.objects.filter(pk=item.pk, token=item.token, lease_until__gt=Now())
    return bool(held.update(lease_until=None, token=F("token") + 1))


def forget_done(kind: str) -> None:
    """Deletes the workspace's finished items of a kind whose keys never come again."""
    done = WorkItem.objects.filter(workspace=workspace_id(), kind=kind, due_at=None, lease_until=None)
    rows = done.filter(quarantined_at=None).select_for_update(skip_locked=True).values_list("pk", flat=True)
    with transaction.atomic():
        WorkItem.objects.filter(pk__in=list(rows)).delete()


def workspace_id() -> int:
    """The workspace this thread is in. Raises RuntimeError in the public schema."""
    workspace = tenants.current()
    if workspace is None:
        raise RuntimeError("Work belongs to a workspace, but none was entered in this thread.")
    return int(workspace.pk)
