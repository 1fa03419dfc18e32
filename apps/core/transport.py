"""An httpx2 transport over guarded connections: what `core.http` and the SDKs' client stand on.

Owns the pool and the reading of bodies: decompressed in small steps, cut off at a cap. Raises httpx2's
exceptions, so that an SDK understands them; `core.http` turns them into the product's own.
"""

import contextlib
import functools
import ssl
import zlib
from collections.abc import Callable, Iterable, Iterator

import httpcore2
import httpx2

from apps.core.wire import Flight, GuardedBackend, serving

_PIECE = 65_536  # bytes decompressed at once

#: Headers that describe the body as it travelled, which `_Body` has undone.
_OF_THE_WIRE = (b"content-encoding", b"content-length", b"transfer-encoding")

#: Called once when an exchange is over, with the error that ended it.
Landed = Callable[[httpx2.Request, Flight, Exception | None], None]

#: Each has a namesake in httpx2.
_CORE_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)


class BodyTooLarge(httpx2.ReadError):
    """More came than the request allows."""


class Transport(httpx2.BaseTransport):
    """Requests over guarded connections. `total`: deadline of a request that brings no Flight."""

    def __init__(self, landed: Landed, *, total: float = 10.0, max_bytes: int = 5_000_000) -> None:
        self._landed, self._total, self._max_bytes = landed, total, max_bytes
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=256,
            max_keepalive_connections=64,
            keepalive_expiry=5.0,
            network_backend=GuardedBackend(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Sends the request and returns when the status is there; the body follows, same deadline."""
        flight = request.extensions.get("flight") or Flight(self._total, self._max_bytes)
        try:
            with _working(flight):
                _refuse_odd_address(request.url)
                incoming = self._pool.handle_request(_to_core(request, flight))
        except Exception as error:
            self._landed(request, flight, error)
            raise
        flight.status = incoming.status
        return httpx2.Response(
            incoming.status,
            headers=[pair for pair in incoming.headers if pair[0].lower() not in _OF_THE_WIRE],
            stream=_Body(incoming, flight, functools.partial(self._landed, request, flight)),
        )

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()


@functools.lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


@contextlib.contextmanager
def _working(flight: Flight) -> Iterator[None]:
    """Serves this flight's deadline in this thread; gives every failure the name httpx2 has for it."""
    try:
        with serving(flight):
            yield
    except _CORE_ERRORS as error:
        raise getattr(httpx2, type(error).__name__)(str(error)) from error
    except (OSError, ValueError) as error:  # ValueError: a host name that TLS cannot carry
        raise httpx2.TransportError(str(error)) from error


def _refuse_odd_address(url: httpx2.URL) -> None:
    if url.scheme not in ("http", "https"):
        raise httpx2.UnsupportedProtocol("only http:// and https:// addresses are asked")
    if not url.host:
        raise httpx2.UnsupportedProtocol("the address names no host")
    if url.userinfo:
        raise httpx2.UnsupportedProtocol("an address with a name or password in it is not asked")


def _to_core(request: httpx2.Request, flight: Flight) -> httpcore2.Request:
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        # Only "pool", the wait for a free connection, counts here: the streams below look at the deadline.
        extensions={"timeout": dict.fromkeys(("pool", "connect", "write", "read"), flight.left())},
    )


class _Body(httpx2.SyncByteStream):
    """The answer's body: decompressed, counted and cut off at the cap, under the exchange's deadline."""

    def __init__(
        self, incoming: httpcore2.Response, flight: Flight, landed: Callable[[Exception | None], None]
    ) -> None:
        self._incoming, self._flight, self._landed = incoming, flight, landed
        self._over = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            encoding = _header(self._incoming, b"content-encoding")
            yield from _capped(_plain(self._chunks(), encoding), self._flight.max_bytes)
        except Exception as error:
            self._end(error)
            raise
        self._end(None)

    def close(self) -> None:
        """Gives the connection back, or closes it when the body was not read to its end."""
        self._incoming.close()
        self._end(None)

    def _chunks(self) -> Iterator[bytes]:
        stream = self._incoming.stream
        chunks = iter(stream if isinstance(stream, Iterable) else ())
        while True:
            with _working(self._flight):
                chunk = next(chunks, None)
            if chunk is None:
                return
            yield chunk

    def _end(self, error: Exception | None) -> None:
        if not self._over:
            self._over = True
            self._landed(error)


def _header(incoming: httpcore2.Response, name: bytes) -> bytes:
    return b", ".join(value.strip().lower() for key, value in incoming.headers if key.lower() == name)


def _capped(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    received = 0
    for chunk in chunks:
        received += len(chunk)
        if received > max_bytes:
            raise BodyTooLarge(f"the body is larger than {max_bytes} bytes")
        yield chunk


def _plain(chunks: Iterable[bytes], encoding: bytes) -> Iterable[bytes]:
    """We ask for no compression; a server that compresses all the same is read in small steps, for bombs."""
    if encoding in (b"", b"identity"):
        return chunks
    if encoding in (b"gzip", b"x-gzip", b"deflate"):
        return _inflated(chunks)
    raise httpx2.DecodingError("the body is compressed in a way that was not asked for")


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    inflater, fed = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32), False  # 32: gzip or zlib, as its head says
    for chunk in chunks:
        fed, rest, more = True, chunk, True
        while more:
            try:
                piece = inflater.decompress(rest, _PIECE)
            except zlib.error as error:
                raise httpx2.DecodingError("the body is not compressed as it says") from error
            rest, more = inflater.unconsumed_tail, len(piece) == _PIECE
            yield piece
    if fed and not inflater.eof:
        raise httpx2.ReadError("the compressed body is cut off")
