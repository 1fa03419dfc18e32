"""In front of Django: how large a body may be and how long it may take, so that slow clients hold nothing for long.

Django reads a whole body before anything looks at it, without limit of time or size. The intake has its own bounds.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

#: Seconds for the whole body, however large.
BODY_SECONDS = 10.0
#: Bytes of a body, by the beginning of the address; the first that fits. A logo of 5 MB is the largest upload, and
#: the API refuses more than 2.5 MB itself, with what to do.
MOST = (("/w/", 6 * 1024 * 1024), ("/api/", 3 * 1024 * 1024), ("/", 1024 * 1024))
SAID = {
    408: "The request did not arrive within 10 seconds. Check your connection and send it again.",
    413: "What was sent is too large for this address. Send less.",
}


class Bounded:
    """An ASGI app whose requests have bounded bodies; sockets pass as they are."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answers 413 or 408 itself, and tells the app that the client has gone."""
        body = Body(receive, next(most for begins, most in MOST if scope["path"].startswith(begins)))
        if _announced(scope) > body.most:
            await _refuse(scope, send, 413)
            return
        await self._app(scope, body.receive, body.sending(send))
        if body.refused and not body.answered:
            await _refuse(scope, send, body.refused)


class Body:
    """The body of one request as the app receives it."""

    def __init__(self, receive: Receive, most: int) -> None:
        self.most = most
        self.refused = 0
        self.answered = False
        self._receive = receive
        self._size = 0
        self._whole = False
        self._ends_at = time.monotonic() + BODY_SECONDS

    async def receive(self) -> dict[str, Any]:
        """The next part; once it is too much or too late, the news that the client has gone."""
        if self._whole:  # what comes now is whether the client still waits for the answer
            return await self._receive()
        try:
            event = await asyncio.wait_for(self._receive(), max(self._ends_at - time.monotonic(), 0.001))
        except TimeoutError:
            return self._refuse(408)
        self._size += len(event.get("body", b""))
        if self._size > self.most:
            return self._refuse(413)
        self._whole = not event.get("more_body", False)
        return event

    def sending(self, send: Send) -> Send:
        """`send`, remembering whether an answer has begun."""

        async def remember(event: Mapping[str, Any]) -> None:
            self.answered = True
            await send(event)

        return remember

    def _refuse(self, status: int) -> dict[str, Any]:
        self.refused, self._whole = status, True
        return {"type": "http.disconnect"}


def _announced(scope: Mapping[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(scope: Mapping[str, Any], send: Send, status: int) -> None:
    """Says so in plain text, to programs as a problem document, and ends the connection."""
    content_type, body = "text/plain; charset=utf-8", SAID[status]
    if scope["path"].startswith("/api/"):
        title = {408: "Request Timeout", 413: "Request Entity Too Large"}[status]
        content_type = "application/problem+json"
        body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": body})
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body.encode())).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
