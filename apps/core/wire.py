"""The wire under `core.http`: connections that go only where the guard allows, and never past their deadline.

Owns the deadline of each exchange and the knowledge whether a byte of it may have left. A pooled connection
serves one exchange after another; which one it serves now is a context variable of the thread.
"""

import contextlib
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import httpcore2

from apps.core.addresses import AddressRefused, NameNotFound, reachable

_PIECE = 65_536  # bytes written between two looks at the clock


@dataclass
class Flight:
    """One exchange on its way: what bounds it, and how far it came."""

    timeout: float  # seconds for all of it
    max_bytes: int  # of the decompressed body
    redact: tuple[str, ...] = ()
    started: float = field(default_factory=time.monotonic)
    sent: bool = False  # a byte of the request may have left
    refused: bool = False  # by the guard: the address may not be reached
    status: int | None = None

    def left(self) -> float:
        """Seconds until the deadline, never negative."""
        return max(self.started + self.timeout - time.monotonic(), 0.0)


#: The exchange this thread is working on: how a pooled connection knows whose deadline it serves.
_current: ContextVar[Flight] = ContextVar("flight")


@contextlib.contextmanager
def serving(flight: Flight) -> Iterator[None]:
    """Within it, every connection this thread uses keeps to the flight's deadline."""
    token = _current.set(flight)
    try:
        yield
    finally:
        _current.reset(token)


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only: to exactly the address that was looked at."""

    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Tries the host's addresses in the resolver's order. Raises ConnectError or ConnectTimeout."""
        flight = _current.get()
        try:
            addresses = reachable(host, port, flight.left())
        except (AddressRefused, NameNotFound) as error:
            flight.refused = isinstance(error, AddressRefused)
            raise httpcore2.ConnectError(str(error)) from error
        failure: Exception = httpcore2.ConnectTimeout("no time is left to connect")
        for address in addresses:
            if not flight.left():
                break
            try:
                stream = self._sockets.connect_tcp(address, port, flight.left(), local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream)
        raise failure


class _TimedStream(httpcore2.NetworkStream):
    """A connection that knows the deadline of the exchange it serves now, and notes when bytes leave."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            left = _time_left(httpcore2.WriteTimeout)
            _current.get().sent = True
            self._stream.write(buffer[start : start + _PIECE], left)

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _time_left(httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _time_left(late: type[httpcore2.TimeoutException]) -> float:
    left = _current.get().left()
    if not left:
        raise late("the time for the whole exchange is over")
    return left
