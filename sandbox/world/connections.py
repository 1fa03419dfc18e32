"""What a vendor's failing network does to a caller: no answer at all, or a connection that is reset.

Owns the reach below HTTP: the server has no such answer, so the caller's socket is shut down here.
"""

import asyncio
import contextlib
import os
import socket
import stat
import struct
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from sandbox.world.state import state_of

#: How long a hanging request is held when the fault names no time. Longer than any caller waits.
HANG_SECONDS = 600.0


async def hang(request: Request, seconds: float) -> Response:
    """Hold a request until the caller gives up, `seconds` pass or the world closes; then cut it off."""
    waits = [asyncio.create_task(_gone(request)), asyncio.create_task(state_of(request).closing.wait())]
    try:
        await asyncio.wait(waits, timeout=seconds or HANG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
    return reset(request)


async def _gone(request: Request) -> Literal[True]:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return True


def reset(request: Request) -> Response:
    """Reset the caller's connection. The response returned is for the server only: nobody receives it."""
    if request.client is not None:
        _shut(request.client.host, int(request.client.port))
    return Response(status_code=503)


def _shut(host: str, port: int) -> None:
    """Shut our end of the TCP connection whose other end is host:port, so that closing it sends a reset."""
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            _shut_if(int(name), (host, port))


def _shut_if(descriptor: int, peer: tuple[str, int]) -> None:
    # No socket is made of what is none: that fails, and leaves the copy open. Twice as many of them each time.
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        return
    with socket.socket(fileno=os.dup(descriptor)) as ours:
        if ours.family == socket.AF_INET and ours.getpeername() == peer:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            ours.shutdown(socket.SHUT_RDWR)
