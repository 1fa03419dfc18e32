"""Slow and greedy clients against the real web process: whatever they do, the next one is answered."""

import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from tests.clocks import PATIENCE, Stopwatch
from tests.web_process import web_process

#: Connections that one client opens at once.
MANY = 2_000
#: Within so many seconds everybody else is answered meanwhile; where the machine takes its time, so many times what an
#: answer takes when nobody disturbs.
SOON, TIMES = 3.0, 20


@dataclass(frozen=True)
class Web:
    """Where the web process is, and how many seconds an answer takes while nobody disturbs."""

    address: tuple[str, int]
    calm: float = 0.0


NO_REDIS = "redis://127.0.0.1:9/0"
#: The intake's answer while its database is too slow.
PUT_OFF = 503


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Web]:
    """The web process, without Redis."""
    with django_db_blocker.unblock(), web_process(tmp_path_factory.mktemp("web"), redis_url=NO_REDIS) as address:
        yield Web(address, min(max(answers(Web(address))) for _ in range(3)))


def opened(web: Web, *, buffer: int = 0) -> socket.socket:
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    made.settimeout(PATIENCE)
    made.connect(web.address)
    return made


def head(path: str, length: int | None = None, method: str = "POST") -> bytes:
    size = "" if length is None else f"Content-Length: {length}\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{size}".encode()


def status_of(made: socket.socket) -> int:
    """The status of what comes, 0 for a line that is cut without an answer."""
    try:
        line = made.recv(4096)
    except ConnectionError:
        return 0
    return int(line.split(b" ", 2)[1]) if line else 0


def answers(web: Web) -> list[float]:
    """A new client gets its answer, from Django and from the intake; in how many seconds each."""
    took = []
    for path, status in (("/livez", 200), ("/webhook/whatsapp_cloud/none/", 404)):
        with Stopwatch() as watch:
            while (found := asked(web, path)) == PUT_OFF and watch.seconds < PATIENCE:
                pass
        assert found == status
        took.append(watch.seconds)
    return took


def asked(web: Web, path: str) -> int:
    with opened(web) as made:
        made.sendall(head(path, method="GET") + b"\r\n")
        return status_of(made)


def answered_soon(web: Web) -> None:
    """So quickly that nobody notices the others."""
    assert max(answers(web)) < max(SOON, TIMES * web.calm)


def dribbled(made: socket.socket, data: bytes, *, most: float) -> float:
    """Sends a byte each half second until the other end is done with us; returns after how many seconds."""
    made_timeout = made.gettimeout()
    made.settimeout(0.5)
    with Stopwatch() as watch, suppress(ConnectionError):
        for place in range(len(data)):
            made.sendall(data[place : place + 1])
            try:
                made.recv(1, socket.MSG_PEEK)
                break
            except TimeoutError:
                if watch.seconds > most:
                    break
    made.settimeout(made_timeout)
    return watch.seconds


@pytest.mark.slow
def test_headers_that_dribble_are_cut_off(web: Web) -> None:
    with opened(web) as made:
        made.sendall(head("/livez", method="GET"))
        assert dribbled(made, b"X-Slow: " + b"a" * 100, most=20) < 12
        assert status_of(made) in (0, 408)
    answered_soon(web)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "within"), [("/accounts/login/", 12), ("/api/v1/bots/", 12), ("/webhook/whatsapp_cloud/none/", 7)]
)
def test_a_body_that_dribbles_is_cut_off(web: Web, path: str, within: float) -> None:
    with opened(web) as made:
        made.sendall(head(path, 1000) + b"\r\n")
        assert dribbled(made, b"a" * 1000, most=20) < within
        assert status_of(made) == 408
    answered_soon(web)


@pytest.mark.parametrize(
    ("path", "size"),
    [("/accounts/login/", 1024 * 1024), ("/w/acme/settings/", 6 * 1024 * 1024), ("/api/v1/bots/", 3 * 1024 * 1024)],
)
@pytest.mark.parametrize("announced", [True, False])
def test_a_body_that_is_too_large_is_refused(web: Web, path: str, size: int, announced: bool) -> None:
    with opened(web) as made:
        if announced:
            made.sendall(head(path, size + 1) + b"\r\n")
        else:
            made.sendall(head(path) + b"Transfer-Encoding: chunked\r\n\r\n")
            part = b"a" * 65_536
            try:
                for _ in range(size // len(part) + 2):
                    made.sendall(b"%x\r\n%s\r\n" % (len(part), part))
            except ConnectionError:
                pass  # refused while we were still sending
        assert status_of(made) in ((413,) if announced else (413, 0))
    answered_soon(web)


@pytest.mark.slow
def test_two_thousand_connections_that_say_nothing_stop_nobody(web: Web) -> None:
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2 * MANY:
        pytest.skip("This shell may not open enough files.")
    with ExitStack() as stack:
        for _ in range(MANY):
            stack.enter_context(opened(web)).send(b"GET /")
        answered_soon(web)


@pytest.mark.slow
def test_who_never_reads_an_answer_stops_nobody(web: Web) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            made = stack.enter_context(opened(web, buffer=4096))
            made.sendall((head("/api/schema/", method="GET") + b"\r\n") * 3)
        time.sleep(1)
        answered_soon(web)


@pytest.mark.slow
def test_a_connection_that_is_kept_is_closed_when_nothing_comes(web: Web) -> None:
    """Ten seconds, as docs/operations.md tells proxies, which must let go of theirs before."""
    with opened(web) as made:
        made.sendall(head("/livez", method="GET") + b"\r\n")
        assert status_of(made) == 200
        time.sleep(5)
        made.sendall(head("/livez", method="GET") + b"\r\n")
        assert status_of(made) == 200
        with Stopwatch() as watch:
            assert made.recv(4096) == b""
        assert watch.seconds < 12
