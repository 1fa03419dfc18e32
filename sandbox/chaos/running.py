"""Runs faults on an installation: those that disturb nobody side by side, the others one after the other.

A fault is over for its successors when its load has drained, or when all that is left has to grow old.
"""

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.chaos.scene import Scene
from sandbox.chaos.supervisor import LOOK_S
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
        began = self.scene.began_at = time.monotonic()
        try:
            self.fault.cause(self.scene)
            self.scene.release()
            self.scene.settle()
            self.result = row_of(self.scene)
        except Exception as why:  # noqa: BLE001  # a fault that cannot be caused must not hide the others
            self.scene.say("".join(traceback.format_exception(why)))
            self.result = {"error": f"{type(why).__name__}: {why}", "kept": False}
        self.result["seconds"] = round(time.monotonic() - began, 1)
        self.scene.release()
        self.over.set()
        self.scene.say(f"{self.id} {'kept' if self.result.get('kept') else 'BROKEN'}: {self.result}")


def row_of(scene: Scene) -> dict[str, Any]:
    """The fault's row of the report."""
    counts = scene.count()
    row = asdict(counts)
    details = {**row.pop("details"), **({"promises": scene.broken} if scene.broken else {})}
    facts = {"drain_s": -1.0, **scene.facts, "size": asdict(scene.size)}
    return {**row, **facts, "kept": counts.kept and not scene.broken, **({"details": details} if details else {})}


@dataclass
class Play:
    """All faults of one installation, under way."""

    site: Installation
    runs: Sequence[Run]
    conductor: threading.Thread

    @property
    def over(self) -> bool:
        """Whether each has its result."""
        return not self.conductor.is_alive()

    @property
    def only_ages(self) -> bool:
        """Whether all of them have begun, and what is left only has to grow old."""
        return all(one.scene.released.is_set() for one in self.runs)

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        """What came of each, by its id."""
        return {one.id: one.result for one in self.runs}


def begin(
    site: Installation,
    lines: Iterator[Line],
    ids: Sequence[str],
    *,
    seed: int,
    part: Callable[[Fault], float],
    say: Say,
) -> Play:
    """Begins to run these faults; somebody must look after the processes meanwhile."""
    runs = []
    for id in ids:
        fault = FAULTS[id]
        own = tuple(next(lines) for _ in range(fault.lines))
        name = id.replace("-", "")
        runs.append(Run(id, fault, Scene(name, site, own, fault.sized(part(fault)), seed, fault.expected, say)))
    conductor = threading.Thread(target=conduct, args=(runs, say), daemon=True)
    conductor.start()
    return Play(site, runs, conductor)


def look_after(plays: Sequence[Play], done: Callable[[], bool]) -> None:
    """Looks after the processes of all installations until `done`. Main thread."""
    while not done():
        for play in plays:
            play.site.supervisor.look()
        time.sleep(LOOK_S)


def conduct(runs: Sequence[Run], say: Say) -> None:
    """Begins each as soon as it may, in their order, and waits for all."""
    under_way: list[Run] = []
    for one in runs:
        while not may_begin(one, under_way):
            time.sleep(LOOK_S)
            under_way = [other for other in under_way if not other.scene.released.is_set()]
        say(f"{one.id} begins: {one.fault.title}")
        threading.Thread(target=one.play, daemon=True).start()
        under_way.append(one)
    for one in runs:
        one.over.wait()


def may_begin(one: Run, under_way: Sequence[Run]) -> bool:
    """Whether it may beside these: there is room, and neither it nor any of them has to be alone."""
    alone = one.fault.alone or any(other.fault.alone for other in under_way)
    return not under_way if alone else len(under_way) < TOGETHER
