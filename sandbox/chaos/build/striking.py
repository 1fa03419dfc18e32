"""Death warrants: files in a directory, one for each crash that is wanted. Shared by every process of a run.

`<point>/<number>` holds the word that the point's subject must hold, or nothing. A process that passes the point
takes the warrant, which nobody else can take then, and kills itself. `<point>/always` is never used up.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from apps.core.crashes import Strike

USED = "used"
ALWAYS = "always"


@dataclass(frozen=True)
class Crash:
    """One that happened: where, and what was being done."""

    point: str
    subject: str
    at: float  # Unix seconds


def strike_from(directory: Path) -> Strike:
    """What a process of the test build does at each crash point."""

    def strike(point: str, subject: str) -> None:
        waiting = directory / point
        if not waiting.is_dir():
            return
        for warrant in sorted(waiting.iterdir()):
            if take(directory, warrant, subject):
                os.kill(os.getpid(), signal.SIGKILL)

    return strike


def take(directory: Path, warrant: Path, subject: str) -> bool:
    """Whether the warrant is for this subject and nobody was quicker."""
    with suppress(FileNotFoundError):
        if warrant.read_text() not in subject:
            return False
        used = directory / USED / f"{warrant.parent.name}@{time.time_ns()}"
        partial = used.with_name(f".{used.name}.{os.getpid()}")
        partial.write_text(subject)
        if warrant.name != ALWAYS:
            os.rename(warrant, directory / USED / f".taken@{time.time_ns()}.{os.getpid()}")
        os.rename(partial, used)
        return True
    return False


def order(directory: Path, point: str, count: int, word: str = "") -> None:
    """Wants so many crashes at the point, where its subject holds the word. 0: always."""
    (directory / USED).mkdir(parents=True, exist_ok=True)
    waiting = directory / point
    waiting.mkdir(exist_ok=True)
    names = [f"{time.time_ns()}-{number}" for number in range(count)] or [ALWAYS]
    for name in names:
        partial = directory / f".{name}"
        partial.write_text(word)
        os.rename(partial, waiting / name)


def cancel(directory: Path, point: str) -> int:
    """Withdraws what was not used; returns how many."""
    left = list((directory / point).glob("*"))
    for warrant in left:
        warrant.unlink(missing_ok=True)
    return len(left)


def unused(directory: Path, point: str, word: str = "") -> int:
    """How many are still wanted at the point, for that word."""
    return sum(1 for warrant in (directory / point).glob("*") if word in warrant.read_text())


def crashes(directory: Path) -> list[Crash]:
    """Those that happened, oldest first."""
    found = []
    for used in sorted((directory / USED).glob("[!.]*@*"), key=lambda path: path.name.partition("@")[2]):
        point, _, at = used.name.partition("@")
        found.append(Crash(point, used.read_text(), int(at) / 1e9))
    return found
