"""Keeps processes running as an operator's supervisor would: what dies is started again after a moment.

Processes are started by the main thread alone (see children.spawn), which does it between looks; other threads ask.
Owns the processes of an installation, their logs and how often each was started.
"""

import contextlib
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from subprocess import Popen
from typing import Any, TypeVar

import psutil

from sandbox.children import end_groups, signal_group, spawn
from sandbox.memory import CHECKOUT, make_directory

T = TypeVar("T")

#: As systemd's RestartSec of a unit that must run: long enough not to spin, short enough not to matter.
RESTART_S = 0.5
STOP_S = 15.0
LOOK_S = 0.02


def family(leader: int) -> list[int]:
    """A process and everything it has started; empty when it is gone."""
    with contextlib.suppress(psutil.Error):
        return [leader, *(child.pid for child in psutil.Process(leader).children(recursive=True))]
    return []


@dataclass
class Watched:
    """A process that shall run: how it is started, and its present incarnation."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    wanted: bool = True
    child: Popen[bytes] | None = None
    died_at: float = 0.0
    leaving: list[Popen[bytes]] = field(default_factory=list)


class Supervisor:
    """Named processes with one environment; `run` looks after them until something is done."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        make_directory(logs)
        self.environment, self.logs = dict(environment), logs
        self.watched: dict[str, Watched] = {}
        self.starts: Counter[str] = Counter()
        self.deaths: list[float] = []  # Unix seconds at which a process was found dead
        self.asked: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()

    def log(self, name: str) -> Path:
        """What the process wrote, over all its incarnations."""
        return self.logs / f"{name}.log"

    def keep(self, name: str, argv: Sequence[str], extra: Mapping[str, str] | None = None) -> None:
        """Starts a process and keeps it running. Main thread."""
        self.watched[name] = Watched(argv, {**self.environment, **(extra or {})})
        self._start(name)

    def ask(self, work: Callable[[], T]) -> T:
        """Has the main thread do something, and returns what came of it. From any other thread."""
        future: Future[T] = Future()
        self.asked.put((work, future))
        return future.result()

    def run(self, done: Callable[[], bool]) -> None:
        """Looks after the processes until `done`. Main thread."""
        while not done():
            self.look()
            time.sleep(LOOK_S)

    def look(self) -> None:
        """Does what was asked, and starts again what has died."""
        with contextlib.suppress(Empty):
            while True:
                work, future = self.asked.get_nowait()
                try:
                    future.set_result(work())
                except BaseException as why:  # noqa: BLE001  # raised again in the thread that asked
                    future.set_exception(why)
        for name, one in self.watched.items():
            one.leaving = [child for child in one.leaving if child.poll() is None]
            if one.child is None or not one.wanted:
                continue
            if one.child.poll() is None:
                one.died_at = 0.0
            elif not one.died_at:
                one.died_at = time.monotonic()
                self.deaths.append(time.time())
                # What the dead left behind goes with them, as with a service's control group.
                signal_group(one.child.pid, signal.SIGKILL)
            elif time.monotonic() - one.died_at >= RESTART_S:
                self._start(name)

    def stop_one(self, name: str) -> None:
        """Ends a process politely and does not start it again. Main thread."""
        one = self.watched[name]
        one.wanted = False
        if one.child is not None:
            end_groups([one.child], STOP_S)
            one.child = None

    def start_one(self, name: str) -> None:
        """Starts one that was stopped. Main thread."""
        self.watched[name].wanted = True
        self._start(name)

    def replace(self, name: str) -> None:
        """SIGTERM, and its successor at once beside it, as a rolling deployment does. Main thread."""
        one = self.watched[name]
        if one.child is not None and one.child.poll() is None:
            one.child.terminate()
            one.leaving.append(one.child)
        self._start(name)

    def pid(self, name: str) -> int | None:
        """The leader of the process, while it lives."""
        child = self.watched[name].child
        return child.pid if child is not None and child.poll() is None else None

    def kill(self, name: str) -> bool:
        """kill -9 of the process with everything it started; False when it was not running."""
        leader = self.pid(name)
        if leader is None:
            return False
        signal_group(leader, signal.SIGKILL)
        return True

    def pids(self, names: Sequence[str]) -> list[int]:
        """Every process id of these, children included."""
        found = []
        for name in names:
            leader = self.pid(name)
            if leader is not None:
                found += family(leader)
        return found

    def stop(self) -> None:
        """Ends all of them."""
        children = [child for one in self.watched.values() for child in (one.child, *one.leaving) if child is not None]
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGCONT)
        end_groups(children, STOP_S / 2)

    def _start(self, name: str) -> None:
        one = self.watched[name]
        one.child = spawn(one.argv, environment=one.environment, directory=CHECKOUT, log=self.log(name))
        one.died_at = 0.0
        self.starts[name] += 1
