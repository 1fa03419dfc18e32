"""Writes what processes counted into the public schema, and reads it for graphs and rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from apps.core.metrics import HOUR, METRICS, Cell, Cells
from apps.watch.models import Span, Tally

#: How long spans of each length are kept.
KEPT = {False: timedelta(days=8), True: timedelta(days=35)}

# Buckets are added place by place. Rows of a batch are sorted, so that two processes lock them in the same order.
_ADD = """
  count = t.count + excluded.count, total = t.total + excluded.total,
  buckets = (SELECT coalesce(array_agg(coalesce(a, 0) + coalesce(b, 0) ORDER BY place), '{}')
             FROM unnest(t.buckets, excluded.buckets) WITH ORDINALITY AS u (a, b, place))
"""
ADD_TALLY = f"""
INSERT INTO public.watch_tally AS t (name, label, count, total, buckets) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (name, label) DO UPDATE SET {_ADD}
"""  # noqa: S608  # nosec B608  # our own text
ADD_SPAN = f"""
INSERT INTO public.watch_span AS t (name, label, at, count, total, buckets) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (name, label, at) DO UPDATE SET {_ADD}
"""  # noqa: S608  # nosec B608  # our own text


def write(cells: Cells) -> None:
    """Adds the cells to sums and spans, all or nothing. Raises DatabaseError."""
    sums: dict[tuple[str, str], Cell] = {}
    for (name, label, _at), cell in cells.items():
        if METRICS[name].exported:
            copy = Cell(cell.count, cell.total, list(cell.buckets))
            if (name, label) in sums:
                sums[name, label].add(copy)
            else:
                sums[name, label] = copy
    spans = [
        (name, label, datetime.fromtimestamp(at, UTC), cell.count, cell.total, cell.buckets)
        for (name, label, at), cell in sorted(cells.items(), key=lambda item: item[0])
    ]
    totals = [(*key, cell.count, cell.total, cell.buckets) for key, cell in sorted(sums.items())]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(ADD_TALLY, totals)
        cursor.executemany(ADD_SPAN, spans)


def forget_old(now: datetime) -> None:
    """Deletes spans that nobody asks for any more."""
    hourly = [name for name, metric in METRICS.items() if metric.grain == HOUR]
    Span.objects.filter(at__lt=now - KEPT[False]).exclude(name__in=hourly).delete()
    Span.objects.filter(at__lt=now - KEPT[True]).delete()


def sums() -> list[Tally]:
    """Everything that was ever counted and is exported, by name and label."""
    return list(Tally.objects.filter(name__in=METRICS).order_by("name", "label"))


@dataclass(frozen=True)
class Summary:
    """A metric over some time: how often, its mean, and the values that half and 95 % stayed below, in seconds."""

    count: int
    mean: float
    half: float
    most: float


def summary(name: str, since: timedelta) -> Summary:
    """The metric's labels together, up to now."""
    found = Span.objects.filter(name=name, at__gte=timezone.now() - since)
    return summed(name, found.values_list("count", "total", "buckets"))


def summed(name: str, rows: Iterable[tuple[int, float, Sequence[int]]]) -> Summary:
    """Rows of one metric as one; all zero when nothing was counted."""
    bounds = METRICS[name].bounds
    count, total, buckets = 0, 0.0, [0] * (len(bounds) + 1)
    for row_count, row_total, row_buckets in rows:
        count, total = count + row_count, total + row_total
        buckets = [a + b for a, b in zip(buckets, [*row_buckets, *[0] * len(buckets)], strict=False)]
    if not count:
        return Summary(0, 0.0, 0.0, 0.0)
    return Summary(count, total / count, quantile(bounds, buckets, 0.5), quantile(bounds, buckets, 0.95))


def quantile(bounds: Sequence[float], buckets: Sequence[int], share: float) -> float:
    """The value that `share` of all stayed below, evenly spread within its bucket; the last bound when beyond it."""
    wanted, seen = share * sum(buckets), 0
    for place, (bound, number) in enumerate(zip(bounds, buckets, strict=False)):
        if number and seen + number >= wanted:
            below = bounds[place - 1] if place else 0.0
            return below + (bound - below) * (wanted - seen) / number
        seen += number
    return bounds[-1]


def by_label(name: str, since: timedelta) -> dict[str, int]:
    """How often each label of the metric was counted, up to now, the most frequent first."""
    counts: defaultdict[str, int] = defaultdict(int)
    for label, count in Span.objects.filter(name=name, at__gte=timezone.now() - since).values_list("label", "count"):
        counts[label] += count
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
