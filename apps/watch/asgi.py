"""`/readyz` as a raw ASGI app: it answers in time although Postgres or Redis hang, and holds no thread meanwhile.

One examination at a time, whose result is good for a second: whoever asks often asks nothing of the database.
"""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from psycopg import AsyncConnection

from apps.core.health import PATIENCE, Check, as_json, verdict, within_patience
from apps.ingest.asgi import conninfo
from apps.watch.checks import Row, checks_of
from apps.watch.facts import READY, READY_VALUES
from apps.work import doorbell

READYZ = "/readyz"
GOOD_SECONDS = 1.0

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Readiness:
    """The ASGI app of /readyz."""

    def __init__(self) -> None:
        self._checks: Sequence[Check] = ()
        self._good_until = 0.0
        self._alone = asyncio.Lock()
        self._question: asyncio.Task[Row] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 when all that is necessary works, else 503; what was found in detail for who has the token."""
        if scope["method"] not in ("GET", "HEAD"):
            await _answer(send, 405, {"error": "GET this address."})
            return
        async with self._alone:
            if time.monotonic() > self._good_until:
                self._checks = await self._examine()
                self._good_until = time.monotonic() + GOOD_SECONDS
        status = 503 if verdict(self._checks) == "failing" else 200
        await _answer(send, status, as_json(self._checks, details=_may_know(scope)))

    async def _examine(self) -> Sequence[Check]:
        redis = asyncio.create_task(doorbell.answers(settings.REDIS_URL, PATIENCE))
        if self._question is None or self._question.done():  # one that hangs is not asked beside
            self._question = asyncio.create_task(_ask())
            row, rings = await asyncio.gather(within_patience(self._question), within_patience(redis))
        else:
            row, rings = None, await within_patience(redis)
        return checks_of(row, redis=bool(rings))


async def _ask() -> Row:
    connection = await AsyncConnection.connect(conninfo(), autocommit=True)
    try:
        cursor = await connection.execute(READY, READY_VALUES)
        found = await cursor.fetchone()
    finally:
        await connection.close()
    return Row(*map(_number, found or ()))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _may_know(scope: Scope) -> bool:
    given = [value for name, value in scope["headers"] if name.lower() == b"authorization"]
    return opens(given[0].decode("latin-1") if len(given) == 1 else "")


def opens(authorization: str) -> bool:
    """Whether the header shows the token of METRICS_TOKEN; nothing does while there is none."""
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and hmac.compare_digest(authorization.encode(), f"Bearer {wanted}".encode())


async def _answer(send: Send, status: int, told: Mapping[str, Any]) -> None:
    body = json.dumps(told, indent=2).encode() + b"\n"
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
