"""`push` tells open pages what changed, in ids only, and never keeps its caller waiting.

Publishing to a Redis that hangs blocks for many seconds, so one daemon thread per process does it, from a
bounded queue. What cannot be told is dropped: pages catch up by themselves every 20 s.
"""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from queue import Full, Queue
from typing import Any

from channels.layers import get_channel_layer
from django.db import connection

from apps.live.audience import LOOK, Audience, groups, person
from apps.tenants.door import PUBLIC

log = logging.getLogger(__name__)

QUEUE_SIZE = 1000
TIMEOUT = 1.0  # seconds for one push
STALE = 10.0  # seconds after which a push that waited behind a hanging Redis is not worth sending
QUIET = 60.0  # seconds between two log lines about drops
#: What a payload may hold. Nobody's words travel here; the page asks for them, and is asked who it is.
KEYS = frozenset({"type", "id", "conversation", "at"})


@dataclass(frozen=True)
class Push:
    """One payload on its way to some groups."""

    groups: list[str]
    text: str
    queued_at: float


@dataclass
class Line:
    """This process's queue and the thread that drains it, which starts with the first push."""

    queue: Queue[Push] = field(default_factory=lambda: Queue(QUEUE_SIZE))
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    dropped: int = 0
    complained_at: float = -QUIET


_line = Line()


def push(audience: Audience, payload: Mapping[str, Any]) -> None:
    """Tells the audience's open pages in this workspace. Returns at once, and drops what cannot be queued.

    Raises ValueError for a payload that holds more than ids, RuntimeError outside a workspace.
    """
    if not set(payload) <= KEYS:
        raise ValueError(f"A push holds ids only ({', '.join(sorted(KEYS))}), not {sorted(set(payload) - KEYS)}.")
    schema = getattr(connection, "schema_name", PUBLIC)
    if schema == PUBLIC:
        raise RuntimeError("A push belongs to a workspace, but no workspace was entered in this thread.")
    _enqueue(groups(schema, audience), payload)


def look(user_id: int) -> None:
    """Has the sockets of somebody's open pages, in every workspace, look now whether they may still listen."""
    _enqueue([person(user_id)], {"type": LOOK})


def _enqueue(to: list[str], payload: Mapping[str, Any]) -> None:
    line = _line
    _start(line)
    try:
        line.queue.put_nowait(Push(to, json.dumps(payload), time.monotonic()))
    except Full:
        _dropped(line, f"{QUEUE_SIZE} pushes are waiting already")


def _start(line: Line) -> None:
    with line.lock:
        if line.thread is None or not line.thread.is_alive():
            line.thread = threading.Thread(target=_drain, args=(line,), name="live-push", daemon=True)
            line.thread.start()


def _drain(line: Line) -> None:
    with asyncio.Runner() as runner:
        while True:
            one = line.queue.get()
            if time.monotonic() - one.queued_at > STALE:
                _dropped(line, f"it waited for more than {STALE:.0f} s")
                continue
            try:
                runner.run(_send(one))
            except TimeoutError:
                _dropped(line, f"Redis did not answer within {TIMEOUT:.0f} s")
            except Exception as error:
                # Whatever Redis or its client does, this thread has to outlive it.
                _dropped(line, f"{type(error).__name__}: {error}")


async def _send(one: Push) -> None:
    layer = get_channel_layer()
    async with asyncio.timeout(TIMEOUT):
        for group in one.groups:
            await layer.group_send(group, {"type": "live.push", "text": one.text})


def _dropped(line: Line, why: str) -> None:
    """Counts a drop and says so at most once a minute."""
    line.dropped += 1
    now = time.monotonic()
    if now - line.complained_at >= QUIET:
        line.complained_at = now
        log.warning("Open pages were not told of a change (%d so far): %s. They catch up.", line.dropped, why)


def _after_fork() -> None:
    """A forked process has neither the thread nor a lock it can trust: it starts its own line."""
    global _line
    _line = Line()


os.register_at_fork(after_in_child=_after_fork)
