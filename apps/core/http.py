"""The only way out of the building: one function, and one client for SDKs that make their own requests.

Owns the two ways in which the outside can fail us, and the record of every exchange. Follows no redirect,
keeps no cookie, reads no proxy from the environment. Outside of `core` nothing imports an HTTP library.
"""

import functools
import json as jsonlib
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import quote

import httpx2

from apps.core.transport import BodyTooLarge, Transport
from apps.core.wire import Flight

logger = logging.getLogger(__name__)
# It logs the whole address of every request, query and secrets included.
logging.getLogger("httpx2").setLevel(logging.WARNING)
logging.getLogger("httpcore2").setLevel(logging.WARNING)

SDK_MAX_BYTES = 50_000_000  # above the largest answer wanted: embeddings of 2048 texts

#: Compression is not asked for: answers are small, and a compressed one may be a bomb.
_HEADERS = {"accept-encoding": "identity", "user-agent": "Leadline"}


class OutsideError(Exception):
    """The outside could not be asked, or did not answer in full."""


class NotReached(OutsideError):
    """Surely nothing was received by the other side: the request may be made again."""


class AddressRefused(NotReached):
    """The address leads to where nothing of ours may go: a private network, a port of no web server."""


class NoAnswer(OutsideError):
    """The request may have been received and acted upon, but no whole answer came back."""


class TooLarge(NoAnswer):
    """The answer is larger than was wanted; it was not read to its end."""


@dataclass(frozen=True)
class Response:
    """A whole answer of any status. Header names are lower case, the body is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON. Raises ValueError when it is none, also when it is nested too deeply."""
        try:
            return jsonlib.loads(self.body)
        except RecursionError as error:
            raise ValueError("The JSON is nested too deeply.") from error


@dataclass(frozen=True)
class Exchange:
    """What is kept of a request for its owner to read: no body, no header, no query, no secret."""

    method: str
    url: str
    status: int | None  # None: no answer
    elapsed: float  # seconds
    error: str  # NotReached or NoAnswer; "" when a whole answer came


#: Each is called with every exchange, in the thread that made it, which holds no connection while it waits for the
#: outside and should need none for this. One that raises is logged and ignored.
recorders: list[Callable[[Exchange], None]] = []


def request(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    json: Any = None,
    content: bytes | None = None,
    timeout: float = 10.0,
    max_bytes: int = 5_000_000,
    redact: Sequence[str] = (),
) -> Response:
    """Makes one HTTP request, once, and returns the answer whatever its status.

    `timeout` bounds the whole exchange in seconds, `max_bytes` the decompressed body. The strings in `redact`
    are blotted out of the recorded address. Raises NotReached or NoAnswer, which tell whether the request may
    have been received; AddressRefused and TooLarge are the kinds of them that no second try helps.
    """
    flight = Flight(timeout, max_bytes, tuple(redact))
    try:
        outgoing = httpx2.Request(
            method,
            url,
            headers={**_HEADERS, **(headers or {})},
            json=json,
            content=content,
            extensions={"flight": flight},
        )
        answer = _shared_transport(os.getpid()).handle_request(outgoing)
        try:
            body = answer.read()
        finally:
            answer.close()
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        raise _outside_error(flight, error) from error
    return Response(answer.status_code, dict(answer.headers), body)


def sdk_client(*, timeout: float) -> httpx2.Client:
    """A client for an SDK that makes its own requests, with the guard, deadline and record of `request`.

    Each request, its body included, is over within `timeout` seconds, whatever the SDK asks. Raises httpx2's
    exceptions, which SDKs know. Keep one per process and address; it may be used by many threads.
    """
    return httpx2.Client(
        transport=Transport(_record, total=timeout, max_bytes=SDK_MAX_BYTES),
        timeout=timeout,
        headers=_HEADERS,
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # an empty list: none is kept
    )


@functools.lru_cache(maxsize=1)
def _shared_transport(pid: int) -> Transport:
    """One pool per process: a forked child must not write on its parent's connections."""
    return Transport(_record)


def _outside_error(flight: Flight, error: Exception) -> OutsideError:
    reason = str(error) or type(error).__name__
    if flight.sent:
        kind = TooLarge if isinstance(error, BodyTooLarge) else NoAnswer
        return kind(f"No whole answer came back ({reason}). The request may have been received.")
    unreached = AddressRefused if flight.refused else NotReached
    return unreached(f"The other side was not reached ({reason}). Check the address and the network.")


def _record(request: httpx2.Request, flight: Flight, error: Exception | None) -> None:
    exchange = Exchange(
        method=request.method,
        url=_shown(request.url, flight.redact),
        status=flight.status,
        elapsed=time.monotonic() - flight.started,
        error=_kind_of(_outside_error(flight, error)) if error else "",
    )
    for recorder in tuple(recorders):
        try:
            recorder(exchange)
        except Exception:
            logger.exception("The exchange with %s could not be recorded.", request.url.host)


def _kind_of(error: OutsideError) -> str:
    return (NoAnswer if isinstance(error, NoAnswer) else NotReached).__name__


def _shown(url: httpx2.URL, redact: Sequence[str]) -> str:
    shown = str(url.copy_with(userinfo=b"", query=None, fragment=None))
    for secret in redact:
        for written in {secret, quote(secret), quote(secret, safe="")} - {""}:
            shown = shown.replace(written, "[hidden]")
    return shown
