"""Writes what a process keeps in memory for a while: one thread for all of it, and once more when the process ends.

Who keeps something registers how it is written. A process that is killed takes along what came since the last time.
"""

import atexit
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.util import Finalize

from apps.core import connections

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
#: How long a process that ends waits for the thread, which may be writing just now.
LAST_SECONDS = 5.0


@dataclass
class Flush:
    """How one thing is written. `write` keeps what it could not write, and raises. `anew` empties it after a fork."""

    what: str
    write: Callable[[], None]
    anew: Callable[[], None]
    every: float  # seconds
    due: float = 0.0
    fails: bool = False


_flushes: list[Flush] = []
_thread: threading.Thread | None = None
_beginning, _writing = threading.Lock(), threading.Lock()
_hurry = threading.Event()


def regularly(what: str, write: Callable[[], None], anew: Callable[[], None], *, every: float) -> None:
    """Has `write` called every so many seconds from the time on that `begin` is called, and when the process ends."""
    _flushes.append(Flush(what, write, anew, every))


def begin() -> None:
    """Sees to it that the thread lives. Whoever keeps something calls it each time."""
    global _thread
    if _thread is None or not _thread.is_alive():
        with _beginning:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_flush_on, name="flushing", daemon=True)
                _thread.start()
                _at_the_end()


def soon() -> None:
    """Has everything written now, by the thread: so much has come together that it should not wait."""
    _hurry.set()


def finish() -> None:
    """Writes everything, as the last thing a process does. What cannot be written is lost, and logged."""
    if _thread is None or not _writing.acquire(timeout=LAST_SECONDS):
        return
    try:
        for flush in _flushes:
            _attempt(flush)
    finally:
        _writing.release()
        connections.release()


def _flush_on() -> None:
    while True:
        hurried = _hurry.wait(TICK_SECONDS)
        _hurry.clear()
        with _writing:
            for flush in _flushes:
                if hurried or time.monotonic() >= flush.due:
                    _attempt(flush)
            connections.release()


def _attempt(flush: Flush) -> None:
    """Errors are logged when they begin, not each second while they last."""
    flush.due = time.monotonic() + flush.every
    try:
        flush.write()
    except Exception as error:
        if not flush.fails:
            log.warning("%s could not be written (%s); trying again", flush.what, type(error).__name__)
        flush.fails = True
    else:
        flush.fails = False


def _at_the_end() -> None:
    """Both, because a forked process of `multiprocessing` ends without `atexit`. The second finds nothing."""
    atexit.unregister(finish)
    atexit.register(finish)
    Finalize(None, finish, exitpriority=0)


def _begin_anew() -> None:
    """A forked process keeps nothing yet, and whoever held a lock is not in it."""
    global _thread, _beginning, _writing, _hurry
    _thread = None
    _beginning, _writing, _hurry = threading.Lock(), threading.Lock(), threading.Event()
    for flush in _flushes:
        flush.due, flush.fails = 0.0, False
        flush.anew()


os.register_at_fork(after_in_child=_begin_anew)
