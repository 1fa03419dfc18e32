"""Vendors with the panel open: a socket each, as the page opens it, all in one process of their own.

`python -m bench.listeners '{"url", "origin", "cookies"}'` opens them. SIGUSR1 drops every socket and opens all again,
SIGUSR2 ends. Each is answered by a line of JSON on standard output, the last one with what was heard.
"""

import asyncio
import json
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

READY = "ready"
#: Sockets that are being opened at the same time; the browsers of a town do not knock in the same millisecond.
AT_ONCE = 50
OPEN_SECONDS = 30.0


@dataclass
class Listener:
    """One vendor's page. `heard` has each push's conversation and when it came, in Unix seconds."""

    url: str
    origin: str
    cookie: str
    heard: list[tuple[int, float]] = field(default_factory=list)
    socket: ClientConnection | None = None
    hearing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Opens the socket and waits until it is ready. Raises OSError, TimeoutError or WebSocketException."""
        self.socket = await connect(
            self.url,
            origin=self.origin,  # type: ignore[arg-type]  # the library's own alias of str
            additional_headers={"Cookie": self.cookie},
            open_timeout=OPEN_SECONDS,
            ping_interval=None,
            compression=None,
        )
        async with asyncio.timeout(OPEN_SECONDS):
            said = json.loads(await self.socket.recv())
        if said["type"] != READY:
            raise ConnectionError(f"The socket said {said}.")
        self.hearing = asyncio.create_task(self._hear(self.socket))

    async def _hear(self, socket: ClientConnection) -> None:
        async for text in socket:
            said = json.loads(text)
            if said.get("type") == "conversation":
                self.heard.append((int(said["id"]), time.time()))

    async def drop(self) -> None:
        """The connection is gone, as when a train enters a tunnel."""
        if self.socket is not None:
            self.socket.transport.abort()
        if self.hearing is not None:
            await asyncio.gather(self.hearing, return_exceptions=True)


async def open_all(listeners: list[Listener]) -> dict[str, Any]:
    """Opens every socket; how long it took, in seconds, and how many could not be opened."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(listener: Listener) -> bool:
        async with turn:
            try:
                await listener.open()
            except (OSError, TimeoutError, WebSocketException):
                return False
        return True

    began = time.perf_counter()
    opened = await asyncio.gather(*(one(listener) for listener in listeners))
    return {"seconds": round(time.perf_counter() - began, 2), "failed": opened.count(False)}


async def listen(said: Mapping[str, Any]) -> None:
    """Opens the sockets, then does what the signals say."""
    signals: asyncio.Queue[signal.Signals] = asyncio.Queue()
    for one in (signal.SIGUSR1, signal.SIGUSR2):
        asyncio.get_running_loop().add_signal_handler(one, signals.put_nowait, one)
    listeners = [Listener(said["url"], said["origin"], cookie) for cookie in said["cookies"]]
    answer(await open_all(listeners))
    while await signals.get() == signal.SIGUSR1:
        await asyncio.gather(*(listener.drop() for listener in listeners))
        answer(await open_all(listeners))
    answer({"heard": [pair for listener in listeners for pair in listener.heard]})


def answer(said: Mapping[str, Any]) -> None:
    """One line of JSON."""
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    asyncio.run(listen(json.loads(sys.argv[1])))
