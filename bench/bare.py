"""The least that takes a signed webhook: checks the signature, does one INSERT, answers. The intake is held
against it, so it has no handshake, no limits, no times and no Hook, and knows nothing of Django.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from psycopg_pool import AsyncConnectionPool

from config.settings import INTAKE_POOL

STORE = "INSERT INTO public.bench_delivery (hook_id, body, headers) VALUES (%s, %s, %s)"
SECRET = os.environ["BENCH_SECRET"].encode()
HOOK = int(os.environ["BENCH_HOOK"])

pool = AsyncConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=INTAKE_POOL,
    kwargs={"autocommit": True, "prepare_threshold": 0},
    open=False,
)


async def application(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """A GET tells that it is up. A POST: 200 when it was stored, 403 when the signature does not match."""
    if scope["method"] == "GET":
        await answer(send, 200)
        return
    body, more = b"", True
    while more:
        event = await receive()
        body += event["body"]
        more = event["more_body"]
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    wanted = "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(headers.get(b"x-hub-signature-256", ""), wanted):
        await answer(send, 403)
        return
    kept = {name: headers[name.encode()] for name in ("content-type", "user-agent", "x-hub-signature-256")}
    if pool.closed:
        await pool.open()
    async with pool.connection() as connection:
        await connection.execute(STORE, [HOOK, body, json.dumps(kept)])
    await answer(send, 200)


async def answer(send: Callable[[Mapping[str, Any]], Awaitable[None]], status: int) -> None:
    """The status and nothing else."""
    length = (b"content-length", b"0")
    await send({"type": "http.response.start", "status": status, "headers": [length]})
    await send({"type": "http.response.body", "body": b""})
