"""Lets a socket be closed while it listens. Granian (2.8) keeps a close waiting for as long as somebody awaits the
client's next message, and Channels always does: so that wait is ended first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Ends:
    """The two ends of one socket as the app sees them, over those of the server."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._waiting: asyncio.Future[dict[str, Any]] | None = None
        self._code: int | None = None
        self._closed = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        """The client's next message; once the app has closed the socket, that it is disconnected."""
        self._waiting = asyncio.ensure_future(self._receive())
        try:
            return await self._waiting
        except asyncio.CancelledError:
            if self._code is None:
                self._waiting.cancel()
                raise
        await self._closed.wait()  # else the app would end what sends the close, in the middle of it
        return {"type": "websocket.disconnect", "code": self._code}

    async def send(self, message: Mapping[str, Any]) -> None:
        """Sends; a close only once, and after the wait for the client has ended."""
        if message["type"] != "websocket.close":
            await self._send(message)
        elif self._code is None:
            self._code = int(message.get("code") or 1000)
            if self._waiting is not None and self._waiting.cancel():
                await asyncio.wait([self._waiting])
            try:
                await self._send(message)
            finally:
                self._closed.set()


async def closable(app: App, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Runs the app with ends that close at once."""
    ends = Ends(receive, send)
    await app(scope, ends.receive, ends.send)
