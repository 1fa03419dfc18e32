"""Which numbers are silent although they usually are not at this time of day and week.

An hour counts as busy when anything came in, so that one talkative customer is not twenty. From the last four weeks
each hour of a weekday or of the weekend has a share p of busy ones; the surprise of a silence is the sum of -ln(1 - p)
over its hours. Hours at which nobody ever writes add nothing, so no night is alarming.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from django.conf import settings

from apps import tenants
from apps.inboxes.models import Inbox
from apps.tenants.business import business_zone
from apps.tenants.models import Workspace
from apps.watch.models import Span

HOUR = timedelta(hours=1)
WEEKS = timedelta(days=28)
#: Less than this says nothing about what is usual.
LEAST_DAYS, LEAST_BUSY_HOURS = 14, 30
#: Less than three hours of silence alarm nobody.
LEAST_HOURS = 3
#: One silence in a thousand is so long by chance; and it must be half as surprising again as the longest one before.
SURPRISE = -math.log(0.001)
BEYOND_USUAL = 1.5


@dataclass(frozen=True)
class Silent:
    """A number that has been silent for so many whole hours."""

    workspace_id: int
    inbox_id: int
    hours: int


class Usual:
    """How often something comes in at each hour of a weekday or weekend, learnt from busy hours up to the last one."""

    def __init__(self, busy: Sequence[datetime], zone: ZoneInfo) -> None:
        self._zone = zone
        self._all = Counter(map(self._kind, _hours(busy[0], busy[-1] + HOUR)))
        self._busy = Counter(map(self._kind, busy))

    def _kind(self, hour: datetime) -> tuple[int, bool]:
        local = hour.astimezone(self._zone)
        return local.hour, local.weekday() >= 5

    def surprise(self, begin: datetime, end: datetime) -> float:
        """Of nothing coming in from one full hour to another."""
        kinds = Counter(map(self._kind, _hours(begin, end)))
        return sum(-math.log(1 - self._busy[kind] / (self._all[kind] + 1)) * number for kind, number in kinds.items())


def hours_silent(busy: Sequence[datetime], now: datetime, zone: ZoneInfo) -> int | None:
    """Whole hours since the last busy one when that is too long to be chance; None when it is not. `busy` is sorted."""
    if len(busy) < LEAST_BUSY_HOURS or busy[-1] - busy[0] < timedelta(days=LEAST_DAYS):
        return None
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    silent = (this_hour - busy[-1]) // HOUR - 1
    if silent < LEAST_HOURS:
        return None
    usual = Usual(busy, zone)
    longest = max(usual.surprise(one + HOUR, other) for one, other in pairwise(busy))
    now_surprising = usual.surprise(busy[-1] + HOUR, this_hour)
    return silent if now_surprising > max(SURPRISE, BEYOND_USUAL * longest) else None


def silent_inboxes(now: datetime) -> Iterator[Silent]:
    """Every connected number that is silent for too long."""
    found = Span.objects.filter(name="inbound", at__gt=now - WEEKS).order_by("label", "at")
    workspaces = {one.pk: one for one in Workspace.objects.filter(state=Workspace.State.READY, probe=None)}
    for label, rows in groupby(found.values_list("label", "at").iterator(), key=lambda row: row[0]):
        workspace_id, inbox_id = map(int, label.split(":"))
        workspace = workspaces.get(workspace_id)
        hours = _silent(workspace, (at for _label, at in rows), now) if workspace else None
        if workspace is not None and hours is not None and _counts(workspace, inbox_id):
            yield Silent(workspace_id, inbox_id, hours)


def _silent(workspace: Workspace, busy: Iterable[datetime], now: datetime) -> int | None:
    return hours_silent(list(busy), now, business_zone(workspace) or ZoneInfo(settings.TIME_ZONE))


def _counts(workspace: Workspace, inbox_id: int) -> bool:
    """One that is disconnected, or a test of a bot, may be silent."""
    with tenants.enter(workspace):
        return Inbox.objects.filter(pk=inbox_id, hidden=False).exclude(state=Inbox.State.DISCONNECTED).exists()


def _hours(begin: datetime, end: datetime) -> Iterator[datetime]:
    while begin < end:
        yield begin
        begin += HOUR
