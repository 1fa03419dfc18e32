"""How long the intake waits: every request has a limit of its own, and all limits are looked at together.

A timer per request, for its body and again for its row, cost a tenth of what the intake could take.
"""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")

#: How much later than its limit a wait may end.
LOOK_SECONDS = 0.1


class Limit(Generic[T]):
    """Until when, and what is the result if it is reached. The work sets it anew from step to step."""

    __slots__ = ("ends_at", "late")

    def __init__(self, seconds: float, late: T) -> None:
        self.set(seconds, late)

    def set(self, seconds: float, late: T) -> None:
        """So many seconds from now."""
        self.ends_at = time.monotonic() + seconds
        self.late = late


class Patience:
    """All that is waited for in one event loop."""

    def __init__(self) -> None:
        self._waits: dict[asyncio.Future[None], Limit[Any]] = {}
        self._looking = False

    async def result(self, work: Coroutine[Any, Any, T], limit: Limit[T]) -> T:
        """The work's result, or what the limit says once it is reached, at most LOOK_SECONDS later.

        Late work is cancelled but not waited for: cancelling asks the very database that does not answer.
        Raises what the work raises in time.
        """
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        over: asyncio.Future[None] = loop.create_future()
        task.add_done_callback(lambda _: _wake(over))
        self._waits[over] = limit
        if not self._looking:
            self._looking = True
            loop.call_later(LOOK_SECONDS, self._look, loop)
        try:
            await over
        finally:
            del self._waits[over]
            if not task.done():
                task.add_done_callback(_ignore)
                task.cancel()
        return task.result() if task.done() else limit.late

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        now = time.monotonic()
        for over, limit in self._waits.items():
            if limit.ends_at <= now:
                _wake(over)
        self._looking = bool(self._waits)
        if self._looking:
            loop.call_later(LOOK_SECONDS, self._look, loop)


def _wake(over: asyncio.Future[None]) -> None:
    if not over.done():
        over.set_result(None)


def _ignore(task: asyncio.Future[Any]) -> None:
    """Takes note of a late error, which nobody waits for; else asyncio would log it."""
    if not task.cancelled():
        task.exception()
