"""Crash points: places where a process may be made to die as by `kill -9`, so that tests can show what survives it.

A point does nothing by itself. Only the test build of `bin/chaos` arms them (sandbox.chaos.build).
"""

from collections.abc import Callable

Strike = Callable[[str, str], None]

_strike: Strike | None = None


def point(name: str, *subjects: object) -> None:
    """Marks a place. `subjects` say what it is about, so that a crash can wait for one certain thing."""
    if _strike is not None:
        _strike(name, " ".join(map(str, subjects)))


def arm(strike: Strike | None) -> None:
    """Calls `strike` with name and subjects at every point that is passed from now on; None disarms."""
    global _strike  # noqa: PLW0603  # one process is one build
    _strike = strike
