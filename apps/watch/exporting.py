"""The figures in the form that Prometheus reads, made anew for each question: rows tell them, not this process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from apps.core.metrics import METRICS
from apps.watch import tallies
from apps.watch.facts import Facts, facts
from apps.watch.models import Conversed, Tally

PREFIX = "leadline_"


class Rows(Collector):
    """What the rows told at one moment, as families of metrics."""

    def __init__(self, found: Facts, sums: list[Tally], conversed: Conversed | None) -> None:
        self._facts, self._sums, self._conversed = found, sums, conversed

    def collect(self) -> Iterator[Family]:
        """Every family, those without values too, so that a graph of them is empty and not an error."""
        yield from self._work()
        yield from self._lives()
        yield from self._open()
        yield from self._synthetic()
        for name, metric in METRICS.items():
            if metric.exported:
                yield self._counted(name)

    def _work(self) -> Iterator[Family]:
        due = _gauge("due_items", "Work that is due and waits for hands.", "kind")
        oldest = _gauge("due_oldest_seconds", "How long the oldest of it has waited.", "kind")
        held = _gauge("held_items", "Work that is in somebody's hands.", "kind")
        for queue in self._facts.queues:
            due.add_metric([queue.kind], queue.waiting)
            oldest.add_metric([queue.kind], queue.oldest)
            held.add_metric([queue.kind], queue.in_hand)
        yield from (due, oldest, held)
        yield _labelled("aside_items", "Work set aside after five attempts.", "kind", self._facts.aside)
        kept = {why: count for why, (count, _fresh) in self._facts.quarantined.items()}
        yield _labelled("quarantined_items", "Parts of webhooks that nobody could be given.", "why", kept)

    def _lives(self) -> Iterator[Family]:
        age = _gauge("heartbeat_age_seconds", "Since the newest sign of life of a queue's processes.", "queue")
        alive = _gauge("processes", "Processes that live.", "queue")
        hands = _gauge("hands", "Hands of the processes that live.", "queue")
        for life in self._facts.lives:
            age.add_metric([life.queue], life.age)
            alive.add_metric([life.queue], life.processes)
            hands.add_metric([life.queue], life.hands)
        yield from (age, alive, hands)

    def _open(self) -> Iterator[Family]:
        states = ("pending", "unknown", "unconfirmed")
        found = {state: self._facts.sends.get(state, (0, 0.0)) for state in states}
        counts, ages = ({state: pair[place] for state, pair in found.items()} for place in (0, 1))
        yield _labelled("open_messages", "Messages of ours that have not reached their end.", "state", counts)
        yield _labelled("open_oldest_seconds", "How long the oldest of them is in its state.", "state", ages)
        throttled = _gauge(
            "inbox_throttled_last_hour", "Sends refused for too many: the 20 worst numbers.", "workspace", "inbox"
        )
        for label, count in self._facts.throttled.items():
            throttled.add_metric(label.split(":"), count)
        yield throttled
        yield _labelled("open_alerts", "Alerts that are not over.", "rule", self._facts.alerts)

    def _synthetic(self) -> Iterator[Family]:
        run = self._conversed
        ok = _gauge("synthetic_ok", "Whether the last finished synthetic conversation was answered in time (1) or not.")
        took = _gauge("synthetic_seconds", "From the question to each step of it.", "step")
        if run is not None:
            ok.add_metric([], float(bool(run.ok)))
            for step in ("stored", "decided", "sent"):
                at = getattr(run, f"{step}_at")
                if at is not None:
                    took.add_metric([step], (at - run.asked_at).total_seconds())
        yield from (ok, took)

    def _counted(self, name: str) -> Family:
        metric, rows = METRICS[name], [row for row in self._sums if row.name == name]
        labels = [metric.label] if metric.label else []
        if metric.bounds:
            histogram = HistogramMetricFamily(PREFIX + name, metric.help, labels=labels)
            for row in rows:
                histogram.add_metric([row.label] if labels else [], *_buckets(metric.bounds, row))
            return histogram
        counter = CounterMetricFamily(PREFIX + name, metric.help, labels=labels)
        for row in rows:
            counter.add_metric([row.label] if labels else [], row.count)
        if not labels and not rows:
            counter.add_metric([], 0)
        return counter


def page() -> bytes:
    """The text of /metrics. Raises DatabaseError."""
    registry = CollectorRegistry(auto_describe=False)
    last = Conversed.objects.filter(ok__isnull=False).order_by("-asked_at").first()
    registry.register(Rows(facts(), tallies.sums(), last))
    return generate_latest(registry)


def _buckets(bounds: tuple[float, ...], row: Tally) -> tuple[list[tuple[str, float]], float]:
    """Cumulated, as Prometheus has them, and the sum."""
    seen, buckets = 0, []
    for bound, number in zip((*map(str, bounds), "+Inf"), row.buckets, strict=True):
        seen += number
        buckets.append((bound, float(seen)))
    return buckets, row.total


def _gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(PREFIX + name, text, labels=labels)


def _labelled(name: str, text: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    family = _gauge(name, text, label)
    for value in values:
        family.add_metric([value], values[value])
    return family
