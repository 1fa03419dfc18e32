"""Runs faults on one installation: those that disturb nobody side by side, the others one after the other.

A fault is over for its successors when its load has drained, or when all that is left has to grow old.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.chaos.scene import Scene
from sandbox.chaos.table import FAULTS, Fault

Say = Callable[[str], None]
#: Side by side at most.
TOGETHER = 3


@dataclass
class Run:
    """One fault under way."""

    id: str
    fault: Fault
    scene: Scene
    over: threading.Event = field(default_factory=threading.Event)
    result: dict[str, Any] = field(default_factory=dict)

    def play(self) -> None:
        """The whole fault, from its load to its counts. Never raises: what went wrong is in the result."""
        began = time.monotonic()
        try:
            self.fault.cause(self.scene)
            self.scene.released.set()
            self.scene.settle()
            self.result = row_of(self.scene)
        except Exception as why:  # noqa: BLE001  # a fault that cannot be caused must not hide the others
            self.scene.say("".join(traceback.format_exception(why)))
            self.result = {"error": f"{type(why).__name__}: {why}", "kept": False}
        self.result["seconds"] = round(time.monotonic() - began, 1)
        self.scene.released.set()
        self.over.set()
        self.scene.say(f"{self.id} {'kept' if self.result.get('kept') else 'BROKEN'}: {self.result}")


def row_of(scene: Scene) -> dict[str, Any]:
    """The fault's row of the report."""
    counts = scene.count()
    row = asdict(counts)
    details = {**row.pop("details"), **({"promises": scene.broken} if scene.broken else {})}
    facts = {"drain_s": -1.0, **scene.facts, "size": asdict(scene.size)}
    return {**row, **facts, "kept": counts.kept and not scene.broken, **({"details": details} if details else {})}


def run(
    site: Installation,
    lines: Iterator[Line],
    ids: Sequence[str],
    *,
    seed: int,
    part: Callable[[Fault], float],
    say: Say,
) -> Mapping[str, dict[str, Any]]:
    """Runs these faults and returns their rows. Main thread: it looks after the processes meanwhile."""
    runs = []
    for id in ids:
        fault = FAULTS[id]
        own = tuple(next(lines) for _ in range(fault.lines))
        name = id.replace("-", "")
        runs.append(Run(id, fault, Scene(name, site, own, fault.sized(part(fault)), seed, fault.expected, say)))
    conductor = threading.Thread(target=conduct, args=(runs, say), daemon=True)
    conductor.start()
    site.supervisor.run(lambda: not conductor.is_alive())
    return {one.id: one.result for one in runs}


def conduct(runs: Sequence[Run], say: Say) -> None:
    """Begins each when its turn has come, and waits for all."""
    for group in groups(runs):
        for one in group:
            say(f"{one.id} begins: {one.fault.title}")
            threading.Thread(target=one.play, daemon=True).start()
        for one in group:
            one.scene.released.wait()
    for one in runs:
        one.over.wait()


def groups(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """Neighbours that may run side by side, and the others alone, in their order."""
    together: list[Run] = []
    for one in runs:
        if together and (one.fault.alone or len(together) == TOGETHER):
            yield together
            together = []
        if one.fault.alone:
            yield [one]
        else:
            together.append(one)
    if together:
        yield together
