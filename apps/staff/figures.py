"""The figures of the overview: few queries, all of the public schema, each bounded."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.ingest.models import Delivery, Quarantined
from apps.staff.models import Visit
from apps.tenants.models import Workspace
from apps.work.models import Pulse, WorkItem

#: A figure beyond this is shown as “more than”: nobody acts differently on it, and counting on would cost.
MOST = 10_000
#: A worker that has not shown life for so long is not counted.
ALIVE = timedelta(seconds=5)


@dataclass(frozen=True)
class Figure:
    """A number with its name, what it is made of, and the list behind it."""

    title: str | Promise
    value: str
    note: str
    url: str
    alarming: bool = False


def overview() -> list[Figure]:
    """What somebody wants to know who opens the admin."""
    return [_workspaces(), _people(), _deliveries(), _quarantine(), _due(), _aside(), _hands(), _visits()]


def bounded_count(rows: QuerySet[Any]) -> int:
    """How many rows, at most MOST + 1."""
    return rows.order_by().values("pk")[: MOST + 1].count()


def shown(count: int) -> str:
    """The count as it is shown."""
    return f"> {MOST}" if count > MOST else str(count)


def _list(name: str, **query: str) -> str:
    return reverse(f"admin:{name}_changelist") + (f"?{urlencode(query)}" if query else "")


def _workspaces() -> Figure:
    states = Workspace.State
    of = Workspace.objects.filter(probe=None).aggregate(
        all=Count("pk"),
        new=Count("pk", filter=Q(state=states.SETTING_UP)),
        suspended=Count("pk", filter=Q(state=states.SUSPENDED)),
    )
    note = _("%(new)s being set up, %(suspended)s suspended") % of
    return Figure(_("Workspaces"), str(of["all"]), note, _list("tenants_workspace"))


def _people() -> Figure:
    of = User.objects.aggregate(
        all=Count("pk"), off=Count("pk", filter=Q(is_active=False)), staff=Count("pk", filter=Q(is_staff=True))
    )
    note = _("%(staff)s of the staff, %(off)s switched off") % of
    return Figure(_("People"), str(of["all"]), note, _list("accounts_user"))


def _deliveries() -> Figure:
    lately = Delivery.objects.filter(received_at__gte=Now() - timedelta(hours=1))
    waiting = bounded_count(Delivery.objects.filter(state=Delivery.State.RECEIVED))
    note = _("%(count)s waiting to be processed") % {"count": shown(waiting)}
    return Figure(_("Deliveries in the last hour"), shown(bounded_count(lately)), note, _list("ingest_delivery"))


def _quarantine() -> Figure:
    aside = bounded_count(Quarantined.objects.filter(released_at=None, dismissed_at=None))
    unreadable = bounded_count(Delivery.objects.filter(state=Delivery.State.UNREADABLE))
    words = ngettext(
        "and %(count)s body that could not be read", "and %(count)s bodies that could not be read", unreadable
    )
    note = words % {"count": shown(unreadable)}
    return Figure(_("Quarantined"), shown(aside), note, _list("ingest_quarantined"), alarming=aside > 0)


def _due() -> Figure:
    due = WorkItem.objects.filter(due_at__lte=Now())
    oldest: datetime | None = due.aggregate(at=Min("due_at"))["at"]
    count = bounded_count(due)
    note = ngettext("%(count)s piece of work is due", "%(count)s pieces of work are due", count) % {
        "count": shown(count)
    }
    value = timesince(oldest, depth=1) if oldest else str(_("nothing"))
    late = oldest is not None and oldest < timezone.now() - timedelta(minutes=1)
    return Figure(_("Oldest due"), value, note, _list("work_workitem", state="due"), alarming=late)


def _aside() -> Figure:
    count = bounded_count(WorkItem.objects.filter(quarantined_at__isnull=False))
    note = str(_("failed five times and wait for a person"))
    return Figure(_("Work set aside"), shown(count), note, _list("work_workitem", state="aside"), alarming=count > 0)


def _hands() -> Figure:
    alive = Pulse.objects.filter(seen_at__gt=Now() - ALIVE, hands__gt=0)
    queues = list(alive.values("queue").annotate(hands=Sum("hands")).order_by("queue"))
    note = ", ".join(f"{row['queue']} {row['hands']}" for row in queues)
    value = str(sum(row["hands"] for row in queues))
    return Figure(
        _("Hands alive"), value, note or str(_("no worker lives")), _list("work_workitem", state="leased"), not queues
    )


def _visits() -> Figure:
    week = Visit.objects.filter(entered_at__gte=Now() - timedelta(days=7))
    of = week.aggregate(all=Count("pk"), people=Count("email", distinct=True))
    note = ngettext("by %(count)s person", "by %(count)s people", of["people"]) % {"count": of["people"]}
    return Figure(_("Visits of staff this week"), str(of["all"]), note, _list("staff_visit"))
