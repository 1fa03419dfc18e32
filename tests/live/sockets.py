"""A browser's socket for tests: signed in or not, with an Origin, against the app that config/asgi.py mounts.

Scenarios run by `async_to_sync`, so that the socket's database calls happen in the test's own transaction.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from apps.live.routing import websocket_app

ORIGIN = "http://localhost:8000"
#: Anything that is waited for; what is not to come is waited for by `receive_nothing`.
SECONDS = 60


class Socket(ApplicationCommunicator):
    """The client's end."""

    async def connect(self) -> bool:
        """Whether the handshake is accepted."""
        await self.send_input({"type": "websocket.connect"})
        return bool((await self.receive_output(SECONDS))["type"] == "websocket.accept")

    async def hear(self) -> Any:
        """The next thing the server says."""
        event = await self.receive_output(SECONDS)
        assert event["type"] == "websocket.send", event
        return json.loads(event["text"])

    async def closing_code(self) -> int:
        """With which code the server closes the socket."""
        event = await self.receive_output(SECONDS)
        assert event["type"] == "websocket.close", event
        return int(event["code"])

    async def say(self, **said: Any) -> None:
        """Sends `text` or `bytes`."""
        await self.send_input({"type": "websocket.receive", **said})

    async def leave(self) -> None:
        """Closes from this end and waits until the app is done."""
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(SECONDS)


def socket(browser: Client | None, path: str = "/w/acme/live/", origin: str | None = ORIGIN) -> Socket:
    """A socket with the browser's cookies."""
    headers = [(b"host", b"localhost:8000")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    if browser is not None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        headers.append((b"cookie", cookie.encode()))
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
    return Socket(websocket_app, scope)


async def opened(browser: Client, path: str = "/w/acme/live/") -> Socket:
    """A socket that is ready for pushes."""
    page = socket(browser, path)
    assert await page.connect()
    assert await page.hear() == {"type": "ready"}
    return page


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    """Runs the scenario to its end."""

    async def inner() -> Any:
        return await scenario()

    return async_to_sync(inner)()
