"""What is counted and timed while it happens: kept in memory, and written every few seconds by whoever registered.

Values that rows can tell (what waits, how old it is) are read from the rows; only what leaves no row in the
public schema is counted here. Only a process that is killed takes some along: at most FLUSH_SECONDS of it.
"""

import bisect
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from apps.core import flushing

FLUSH_SECONDS = 5.0
#: Cells kept while they cannot be written; what comes then is not counted.
MOST_CELLS = 10_000
MINUTE, HOUR = 60, 3600
#: Upper bounds of the buckets in seconds; what is longer falls into one more.
SHORT = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
LONG = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 300.0, 1800.0)


@dataclass(frozen=True)
class Metric:
    """Something counted, or timed when it has `bounds`. `label` names what its cells are told apart by.

    `grain`: seconds of the spans of time it is kept by. `exported`: whether /metrics shows its sum; one that is told
    apart by numbers of customers is not.
    """

    help: str
    label: str = ""
    bounds: tuple[float, ...] = ()
    grain: int = MINUTE
    exported: bool = True


METRICS: Mapping[str, Metric] = {
    "turn_seconds": Metric("From a customer's oldest unanswered message to the written decision.", bounds=LONG),
    "model_seconds": Metric("How long the model took to answer.", bounds=SHORT),
    "send_seconds": Metric("From the decision to send until the vendor had taken the message.", bounds=LONG),
    "processing_seconds": Metric("From a webhook's arrival until all of its items were handed over.", bounds=SHORT),
    "turns": Metric("Decisions of the bots.", "outcome"),
    "messages": Metric("Messages of ours that came into a state.", "state"),
    "deliveries": Metric("Webhooks that were read, by what became of them.", "outcome"),
    "webhook_answers": Metric("Answers of the webhook intake, by HTTP status.", "status"),
    "duplicates_suppressed": Metric("Messages that a vendor delivered once more and that had no second effect."),
    "refusals": Metric("Sends that a vendor refused because of the number, by its reason.", "trouble"),
    "lease_steals": Metric("Work taken over from hands that died or hung.", "kind"),
    "overlooked": Metric("Conversations that owed something and for which no work was due.", "kind"),
    "throttled": Metric("Sends a vendor refused because the number sends too much.", "inbox", exported=False),
    "inbound": Metric("Messages that came in by a number.", "inbox", grain=HOUR, exported=False),
}


@dataclass
class Cell:
    """What was counted in one span of time. `buckets` has one more place than the metric has bounds."""

    count: int = 0
    total: float = 0.0
    buckets: list[int] = field(default_factory=list)

    def add(self, other: "Cell") -> None:
        """Takes the other's counts in."""
        self.count += other.count
        self.total += other.total
        self.buckets = [a + b for a, b in zip(self.buckets, other.buckets, strict=True)]


#: Name, label, and the beginning of the span in seconds since 1970.
Key = tuple[str, str, int]
Cells = Mapping[Key, Cell]
Writer = Callable[[Cells], None]


class Tally:
    """The cells of this process that are not written yet."""

    def __init__(self) -> None:
        self._cells: dict[Key, Cell] = {}
        self._lock = threading.Lock()

    def put(self, key: Key, cell: Cell) -> None:
        """Adds to what is there."""
        with self._lock:
            known = self._cells.get(key)
            if known is not None:
                known.add(cell)
            elif len(self._cells) < MOST_CELLS:
                self._cells[key] = cell

    def take(self) -> dict[Key, Cell]:
        """All there is; it is empty afterwards."""
        with self._lock:
            taken, self._cells = self._cells, {}
        return taken


_tally = Tally()
_writers: list[Writer] = []


def write_with(writer: Writer) -> None:
    """Registers who keeps the cells; `watch` does so when it is ready."""
    _writers.append(writer)


def count(name: str, label: object = "", *, by: int = 1) -> None:
    """Counts once, or `by`. KeyError for a metric that METRICS does not name."""
    _put(name, str(label), Cell(by, 0.0, [0] * _places(METRICS[name])))


def observe(name: str, seconds: float, label: object = "") -> None:
    """Notes how long something took. KeyError for a metric that METRICS does not name."""
    metric = METRICS[name]
    buckets = [0] * _places(metric)
    if buckets:
        buckets[bisect.bisect_left(metric.bounds, seconds)] = 1
    _put(name, str(label), Cell(1, seconds, buckets))


def flush() -> None:
    """Has everything written that is not yet. What could not be is kept for the next time, and the error raised."""
    cells = _tally.take()
    try:
        for writer in _writers if cells else ():
            writer(cells)
    except Exception:
        for key, cell in cells.items():
            _tally.put(key, cell)
        raise


def _places(metric: Metric) -> int:
    return len(metric.bounds) + 1 if metric.bounds else 0


def _put(name: str, label: str, cell: Cell) -> None:
    grain = METRICS[name].grain
    _tally.put((name, label[:80], int(time.time()) // grain * grain), cell)
    flushing.begin()


def _begin_anew() -> None:
    global _tally
    _tally = Tally()


flushing.regularly("What was counted", flush, _begin_anew, every=FLUSH_SECONDS)
