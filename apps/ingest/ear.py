"""The intake's sign of life: since when it takes what vendors post, so that their silence can be told from ours."""

import asyncio
import logging
import os
import platform
from contextlib import suppress
from typing import Any, LiteralString, Protocol

from apps.work.hearing import INTAKE
from apps.work.pulse import BEAT, BEAT_SECONDS, said

log = logging.getLogger(__name__)


class Execute(Protocol):
    """Runs one statement on a connection of the intake's own pool. Raises what its driver raises."""

    async def __call__(self, statement: LiteralString, values: Any, /) -> None: ...


class Ear:
    """Beats while its event loop runs and its pool serves: what stops these two stops webhooks as well."""

    def __init__(self, execute: Execute) -> None:
        self.refused = False
        self._execute = execute
        self._beating: asyncio.Task[None] | None = None

    def listen(self) -> None:
        """Begins to beat, when it does not yet."""
        if self._beating is None:
            self._beating = asyncio.get_running_loop().create_task(self._beat_on())

    async def close(self) -> None:
        """Ends the beat. The process counts as away from now on, until another one listens."""
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError):
                await self._beating

    async def _beat_on(self) -> None:
        process = f"{platform.node()}.{os.getpid()}.{INTAKE}"
        while True:
            deaf, self.refused = self.refused, False
            try:
                await self._execute(BEAT, said(process, INTAKE, 0, deaf=deaf))
            except Exception as error:
                self.refused = True
                log.warning("The intake could not say that it lives: %s", type(error).__name__)
            await asyncio.sleep(BEAT_SECONDS)
