"""The webhook intake: a small raw ASGI app in front of Django, with its own connection pool.

Verifies the signature over the raw bytes, stores one Delivery, answers. It parses nothing, looks once for the number
that it is about, and rings nobody.
What could not be stored within 2 s is refused in the vendor's own way of being asked again.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, LiteralString
from urllib.parse import parse_qsl

from django.conf import settings
from psycopg import Error
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from apps.core import crashes, metrics
from apps.core.bound import bound, new_request_id
from apps.core.callers import network_of_scope
from apps.core.crypto import SHARED, CannotOpen, of_row, unseal
from apps.ingest.ear import Ear
from apps.ingest.patience import Limit, Patience
from apps.ingest.room import Room, Share
from apps.providers import registry
from apps.providers.base import Answer, Provider

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
#: Reads a request's body, given its headers and whose it is.
Read = Callable[[dict[str, str], Provider], Awaitable[bytes | Answer]]

PREFIX = "/webhook/"
#: The hook behind an address without a key: the installation's own app at that vendor.
DEFAULT_KEY = "default"
HOOK_CACHE_SECONDS = 60.0
#: A vendor sends a body at once; one that dribbles is cut off.
BODY_SECONDS = 5.0
KEPT_HEADERS = ("content-type", "user-agent", "x-hub-signature-256")

FIND_HOOK = "SELECT id, secrets, verify_token, origins FROM public.tenants_hook WHERE provider = %s AND key = %s"
STORE = "INSERT INTO public.ingest_delivery (hook_id, lane, body, headers) VALUES (%s, %s, %s, %s)"

STORED = Answer(200)
NOT_FOUND = Answer(404, b"No webhook lives at this address.")
NOT_CONFIGURED = Answer(503, b"This webhook has no secret yet.")
BAD_SIGNATURE = Answer(403, b"The signature does not match.")
TOO_LARGE = Answer(413, b"The body is too large.")
TOO_SLOW = Answer(408, b"The body did not arrive in time.")
BAD_METHOD = Answer(405, b"POST deliveries or GET the handshake.")


@dataclass(frozen=True)
class KnownHook:
    """A hook as the intake needs it, decrypted."""

    id: int
    secrets: tuple[str, ...]
    verify_token: str
    origins: tuple[str, ...]


class Intake:
    """The ASGI app for everything below /webhook/."""

    def __init__(self) -> None:
        self._pool: AsyncConnectionPool | None = None
        self._connecting = asyncio.Lock()
        self._hooks: dict[tuple[str, str], tuple[float, KnownHook]] = {}
        self._patience = Patience()
        self._ear = Ear(self._execute)
        self._room = Room()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; whatever happens, the vendor gets an answer it understands."""
        provider, key = _address(scope["path"])
        if provider is None:
            await _answer(send, NOT_FOUND)
            return
        self._ear.listen()
        with bound(request=new_request_id()), self._room.share() as share:
            if share is None:
                answer = _not_stored(provider)
            else:
                limit = Limit(BODY_SECONDS, TOO_SLOW)
                work = self._respond(provider, key, scope, partial(_body, receive, share), limit)
                answer = await self._patience.result(work, limit)
        self._ear.refused |= answer.status == provider.not_stored
        metrics.count("webhook_answers", answer.status)
        await _answer(send, answer)

    async def close(self) -> None:
        """Gives the connections back."""
        await self._ear.close()
        if self._pool is not None:
            await self._pool.close(timeout=1.0)

    async def _respond(self, provider: Provider, key: str, scope: Scope, read: Read, limit: Limit[Answer]) -> Answer:
        if scope["method"] not in provider.methods:
            return BAD_METHOD
        headers = _headers(scope)
        body = b"" if scope["method"] == "GET" else await read(headers, provider)
        if isinstance(body, Answer):
            return body
        # Should a late insert succeed after all, the vendor's redelivery is a harmless repeat.
        not_stored = _not_stored(provider)
        limit.set(settings.INTAKE_TIMEOUT, not_stored)
        try:
            hook = await self._hook(provider.kind, key)
            if hook is None:
                return NOT_FOUND
            if scope["method"] == "GET":
                return provider.handshake(_query(scope), hook.verify_token)
            admission = provider.admit(scope["method"], headers, hook.origins, network_of_scope(scope))
            answer = admission.answer or await self._take(provider, hook, headers, body)
            return replace(answer, headers={**admission.headers, **answer.headers})
        except (Error, PoolTimeout, OSError) as error:
            log.warning("A delivery could not be stored: %s", type(error).__name__)
            return not_stored

    async def _take(self, provider: Provider, hook: KnownHook, headers: dict[str, str], body: bytes) -> Answer:
        """Stores what is signed. Raises psycopg's errors."""
        if not hook.secrets:
            return NOT_CONFIGURED
        if not provider.verify(hook.secrets, headers, body):
            log.warning("A delivery with a wrong signature was refused at hook %s", hook.id)
            return BAD_SIGNATURE
        if refusal := provider.slow_down(headers, body):
            return refusal
        kept = json.dumps({name: headers[name] for name in KEPT_HEADERS if name in headers})
        crashes.point("intake.before-store")
        await self._execute(STORE, [hook.id, provider.lane(body), body, kept])
        crashes.point("intake.after-store")
        return STORED

    async def _execute(self, statement: LiteralString, values: Any) -> None:
        pool = self._pool or await self._connect()
        async with pool.connection() as connection:
            await connection.execute(statement, values)

    async def _hook(self, provider: str, key: str) -> KnownHook | None:
        known = self._hooks.get((provider, key))
        if known is not None and known[0] > time.monotonic():
            return known[1]
        hook = await self._find_hook(provider, key)
        if hook is not None:
            self._hooks[provider, key] = (time.monotonic() + HOOK_CACHE_SECONDS, hook)
        return hook

    async def _find_hook(self, provider: str, key: str) -> KnownHook | None:
        pool = self._pool or await self._connect()
        async with pool.connection() as connection:
            row = await (await connection.execute(FIND_HOOK, [provider, key])).fetchone()
        if row is None:
            return None
        id, secrets, verify_token, origins = row
        try:
            owner = of_row(SHARED, provider, key)
            lines = unseal(secrets, "hook.secrets", owner).splitlines() if secrets else []
            token = unseal(verify_token, "hook.verify_token", owner) if verify_token else ""
        except CannotOpen:
            log.exception("The secrets of hook %s cannot be opened", id)
            lines, token = [], ""
        return KnownHook(id, tuple(line.strip() for line in lines if line.strip()), token, tuple(origins.split()))

    async def _connect(self) -> AsyncConnectionPool:
        async with self._connecting:  # the first requests come together, and want one open pool
            if self._pool is None:
                pool = AsyncConnectionPool(
                    conninfo(),
                    min_size=1,
                    max_size=settings.INTAKE_POOL,
                    timeout=settings.INTAKE_TIMEOUT,
                    max_lifetime=900,
                    kwargs={"autocommit": True, "prepare_threshold": 0},
                    open=False,
                )
                await pool.open()
                self._pool = pool
            return self._pool


def conninfo() -> str:
    """How the intake connects: Django's database, with times that fit a vendor's patience."""
    database = settings.DATABASES["default"]
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(
        **{name: str(database[key]) for name, key in names.items() if database.get(key)},
        connect_timeout=2,
        application_name="leadline-intake",
        options="-c statement_timeout=2s -c lock_timeout=1s",
    )


def _address(path: str) -> tuple[Provider | None, str]:
    parts = path.removeprefix(PREFIX).rstrip("/").split("/")
    if len(parts) > 2 or parts[0] not in registry.kinds():
        return None, ""
    return registry.get(parts[0]), parts[1] if len(parts) == 2 else DEFAULT_KEY


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def _headers(scope: Scope) -> dict[str, str]:
    """Names in lower case. A header that stands twice is dropped: which of the two was signed is nobody's guess."""
    pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    headers = dict(pairs)
    if len(headers) == len(pairs):
        return headers
    counts = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if counts[name] == 1}


def _not_stored(provider: Provider) -> Answer:
    return Answer(provider.not_stored, b"Not stored. Please deliver again.")


async def _body(receive: Receive, share: Share, headers: dict[str, str], provider: Provider) -> bytes | Answer:
    """The whole body, or the answer to one that is too large, was broken off, or finds no room now."""
    length = headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) > provider.max_body:
        return TOO_LARGE
    parts: list[bytes] = []
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return TOO_SLOW
        parts.append(event.get("body", b""))
        if share.size + len(parts[-1]) > provider.max_body:
            return TOO_LARGE
        if not share.grow(len(parts[-1])):
            return _not_stored(provider)
        if not event.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, answer: Answer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode()),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if answer.headers:
        headers += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
