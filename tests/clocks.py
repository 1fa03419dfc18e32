"""Time on a machine that is slow or busy: what is promised is measured without what the machine held us up."""

import threading
import time
from dataclasses import dataclass
from typing import Self

#: Seconds for whatever is only waited for: who waits goes on as soon as it is there.
PATIENCE = 60.0
#: How often a stopwatch looks, and how much later a look may come before that counts as held up; seconds.
LOOK = 0.01
LATE = 0.005

_began = time.monotonic()


def begin() -> None:
    """A test begins, its fixtures first."""
    global _began
    _began = time.monotonic()


def passed() -> float:
    """Seconds since the test began: nothing that it wrote is older."""
    return time.monotonic() - _began


class Stopwatch:
    """Measures the block; stands still whenever the machine does not let this process run.

    A thread looks at the clock all the time, and what its looks come too late does not count. For what waits; what
    computes is measured by `time.process_time`, which neighbours do not lengthen either.
    """

    def __init__(self) -> None:
        self._over = threading.Event()
        self._began = self._looked_at = self._ended = 0.0
        self._held_up = 0.0
        self._thread = threading.Thread(target=self._look_on, name="stopwatch", daemon=True)

    def __enter__(self) -> Self:
        self._began = self._looked_at = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._ended = time.monotonic()
        self._over.set()
        self._thread.join()

    @property
    def seconds(self) -> float:
        """How long it took so far, or in all once the block is over."""
        return (self._ended or time.monotonic()) - self._began - self.held_up

    @property
    def held_up(self) -> float:
        """For how many seconds the process was not let run."""
        now = self._ended or time.monotonic()
        return self._held_up + self._late(now)

    def _look_on(self) -> None:
        while not self._over.wait(LOOK):
            self._note(time.monotonic())
        self._note(self._ended)

    def _note(self, now: float) -> None:
        self._held_up += self._late(now)
        self._looked_at = now

    def _late(self, now: float) -> float:
        """By how much the look that is due comes too late."""
        late = now - self._looked_at - LOOK
        return late if late > LATE else 0.0


@dataclass
class Left:
    """Equals what may be left by now of so many seconds that began in the test, give or take `abs`."""

    seconds: float
    abs: float = 0.5

    def __eq__(self, found: object) -> bool:
        return isinstance(found, float | int) and -passed() - self.abs <= found - self.seconds <= self.abs


@dataclass
class Ago:
    """Equals how long ago something may be by now that was so many seconds ago in the test, give or take `abs`."""

    seconds: float
    abs: float = 1.0

    def __eq__(self, found: object) -> bool:
        return isinstance(found, float | int) and -self.abs <= found - self.seconds <= passed() + self.abs
