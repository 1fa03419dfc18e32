"""The graphs of the last day: webhooks, latencies of turns and sends, and the synthetic conversation."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.watch import plots
from apps.watch.models import Conversed, Span
from apps.watch.plots import Plot
from apps.watch.tallies import Summary, summed

DAY = timedelta(hours=24)
NOTHING = gettext_lazy("Nothing was counted in the last 24 hours.")


def graphs(now: datetime) -> list[Plot]:
    """All of them, in the order in which a page shows them."""
    return [
        _webhooks(now),
        _latency("turn_seconds", now, _("How long customers wait for a decision"), _("Pauses for more text included.")),
        _latency("send_seconds", now, _("How long an answer takes to leave"), _("Until the vendor has taken it.")),
        _synthetic(now),
    ]


def _webhooks(now: datetime) -> Plot:
    values: defaultdict[int, float] = defaultdict(float)
    failed: defaultdict[int, float] = defaultdict(float)
    for label, at, count in _spans("deliveries", now).values_list("label", "at", "count"):
        place = plots.place_of(at, now)
        values[place] += count
        failed[place] += count if label != "processed" else 0
    top = plots.round_up(max(values.values(), default=0.0))
    drawn = plots.bars(values, top, tone="main", now=now) + plots.bars(failed, top, tone="bad", now=now)
    note = _("Webhooks read per half hour; red is what could not be used.")
    return Plot(_("Webhooks"), note, NOTHING, plots.count(top), plots.ticks(now), drawn)


def _latency(name: str, now: datetime, title: str, note: str) -> Plot:
    rows: defaultdict[int, list[tuple[int, float, list[int]]]] = defaultdict(list)
    for at, count, total, buckets in _spans(name, now).values_list("at", "count", "total", "buckets"):
        rows[plots.place_of(at, now)].append((count, total, buckets))
    found: dict[int, Summary] = {place: summed(name, some) for place, some in rows.items()}
    top = plots.round_up(max((one.most for one in found.values()), default=0.0))
    lines = (
        plots.line({place: one.most for place, one in found.items()}, top, tone="soft", name=_("95 % are faster")),
        plots.line({place: one.half for place, one in found.items()}, top, tone="main", name=_("half are faster")),
    )
    return Plot(title, note, NOTHING, plots.seconds(top), plots.ticks(now), lines=lines)


def _synthetic(now: datetime) -> Plot:
    took: defaultdict[int, list[float]] = defaultdict(list)
    failures: defaultdict[int, int] = defaultdict(int)
    runs = Conversed.objects.filter(asked_at__gt=now - DAY, asked_at__lte=now, ok__isnull=False)
    for ok, asked, sent in runs.values_list("ok", "asked_at", "sent_at"):
        place = plots.place_of(asked, now)
        if ok and sent is not None:
            took[place].append((sent - asked).total_seconds())
        else:
            failures[place] += 1
    slowest = {place: max(values) for place, values in took.items()}
    top = plots.round_up(max(slowest.values(), default=0.0))
    bad = plots.bars(dict.fromkeys(failures, top), top, tone="bad", now=now, said=lambda _value: _("no answer in time"))
    return Plot(
        _("Synthetic conversation"),
        _("From a made-up customer's question to the answer, the slowest of each half hour; red is no answer in time."),
        gettext_lazy("No synthetic conversation was held in the last 24 hours."),
        plots.seconds(top),
        plots.ticks(now),
        bars=plots.bars(slowest, top, tone="main", now=now, said=plots.seconds) + bad,
    )


def _spans(name: str, now: datetime) -> QuerySet[Span]:
    return Span.objects.filter(name=name, at__gt=now - DAY, at__lte=now).order_by("at")
