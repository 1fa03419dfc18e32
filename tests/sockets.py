"""A browser's end of a websocket, driven against the ASGI app as a server would."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from apps.live.routing import websocket_app

ORIGIN = "http://127.0.0.1:8000"
SECONDS = 5.0


class Socket:
    """One open page: `async with Socket("/w/acme/live/", client) as page: await page.heard()`."""

    def __init__(
        self, path: str, client: Client | None = None, *, origin: str | None = ORIGIN, host: str = "127.0.0.1:8000"
    ) -> None:
        headers = [(b"host", host.encode())]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        session = client.cookies.get(settings.SESSION_COOKIE_NAME) if client else None
        if session:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.value}".encode()))
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        self.line = ApplicationCommunicator(websocket_app, scope)

    async def open(self) -> dict[str, Any]:
        """Asks for the socket; the server's first answer: `websocket.accept`, or `websocket.close`."""
        await self.line.send_input({"type": "websocket.connect"})
        return await self.line.receive_output(SECONDS)

    async def next(self, seconds: float = SECONDS) -> dict[str, Any]:
        """The server's next event. Raises TimeoutError."""
        return await self.line.receive_output(seconds)

    async def heard(self, seconds: float = SECONDS) -> Any:
        """The next push, read as JSON."""
        event = await self.next(seconds)
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])

    async def silent(self, seconds: float = 0.2) -> bool:
        """Whether the server says nothing for this long."""
        return await self.line.receive_nothing(timeout=seconds)

    async def say(self, **frame: Any) -> None:
        """A frame from the page: `text=` or `bytes=`."""
        await self.line.send_input({"type": "websocket.receive", **frame})

    async def leave(self) -> None:
        """The page goes away."""
        await self.line.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.line.wait(SECONDS)

    async def __aenter__(self) -> Self:
        assert (await self.open())["type"] == "websocket.accept"
        assert await self.heard() == {"type": "ready"}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.leave()
        except asyncio.CancelledError:
            pass
