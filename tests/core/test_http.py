"""The way out: what comes back whole, what is known when nothing does, and how long it may take."""

import gzip
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from pytest_django import Settings

from apps.core import http
from tests.clocks import PATIENCE, Stopwatch
from tests.core.outside import Outside, Script, answer, free_port, outside, reset


def trusted(settings: Settings, server: Outside) -> str:
    settings.HTTP_TRUSTED_HOSTS = [server.host]
    return server.url


def failing(settings: Settings, script: Script, timeout: float = PATIENCE, max_bytes: int = 1000) -> Exception:
    """The error of a request to a server that behaves so."""
    with outside(script) as server, pytest.raises(http.OutsideError) as caught:
        http.request("POST", trusted(settings, server), json={}, timeout=timeout, max_bytes=max_bytes)
    return caught.value


@pytest.mark.parametrize("status", [200, 204, 302, 404, 429, 500])
def test_an_answer_of_any_status_comes_back(settings: Settings, status: int) -> None:
    with outside(answer(status, b"" if status == 204 else b'{"a": 1}', X_Trace="7")) as server:
        response = http.request("GET", trusted(settings, server) + "/x")
    assert response.status == status
    assert response.headers["x-trace"] == "7"
    assert response.body == (b"" if status == 204 else b'{"a": 1}')


def test_request_goes_out_as_given(settings: Settings) -> None:
    with outside(answer()) as server:
        http.request("POST", trusted(settings, server) + "/v1/m?q=1", json={"ñ": 1}, headers={"X-Key": "k"})
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v1/m?q=1 HTTP/1.1\r\n")
    assert b"x-key: k" in head.lower()
    assert b"accept-encoding: identity" in head.lower()
    assert body.decode() == '{"ñ":1}'


def test_an_answer_that_is_too_large_is_told_from_others(settings: Settings) -> None:
    assert type(failing(settings, answer(200, b"x" * 1001))) is http.TooLarge
    assert type(failing(settings, reset)) is http.NoAnswer


def test_an_address_that_may_not_be_reached_is_told_from_others(settings: Settings) -> None:
    settings.HTTP_TRUSTED_HOSTS = []
    with outside(answer()) as server, pytest.raises(http.AddressRefused):
        http.request("GET", server.url)
    assert server.requests == []


def test_redirect_is_not_followed(settings: Settings) -> None:
    with outside(answer()) as inner, outside(answer(302, location=inner.url)) as server:
        settings.HTTP_TRUSTED_HOSTS = [inner.host, server.host]
        assert http.request("GET", server.url).status == 302
    assert inner.requests == []


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[" * 100_000], ids=["empty", "text", "deep"])
def test_json_that_is_none_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):
        http.Response(200, {}, body).json()


def test_no_cookie_is_kept(settings: Settings) -> None:
    with outside(answer(200, set_cookie="session=1; Path=/")) as server:
        url = trusted(settings, server)
        http.request("GET", url)
        http.request("GET", url)
        client = http.sdk_client(timeout=PATIENCE)
        client.get(url)
        client.get(url)
    assert len(server.requests) == 4
    assert not any(b"cookie" in request.lower() for request in server.requests)


def test_proxy_of_the_environment_is_not_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with outside(answer()) as proxy, outside(answer()) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        http.request("GET", trusted(settings, server))
        http.sdk_client(timeout=PATIENCE).get(server.url)
    assert (proxy.connections, len(server.requests)) == (0, 2)


def test_refused_connection_was_surely_not_received(settings: Settings) -> None:
    port = free_port()
    settings.HTTP_TRUSTED_HOSTS = [f"127.0.0.1:{port}"]
    with pytest.raises(http.NotReached):
        http.request("POST", f"http://127.0.0.1:{port}/", json={})


def test_failed_tls_was_surely_not_received(settings: Settings) -> None:
    """Our first bytes are no HTTP request: the server hangs up on them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.HTTP_TRUSTED_HOSTS = ["127.0.0.1"]

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.recv(10)
            connection.sendall(b"HTTP/1.1 400 no\r\n\r\n")
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(http.NotReached):
            http.request("POST", f"https://127.0.0.1:{listener.getsockname()[1]}/", json={}, timeout=PATIENCE)


def test_name_that_is_not_answered_in_time_was_surely_not_received(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: hanging.wait(10) and [])
    with Stopwatch() as took, pytest.raises(http.NotReached):
        http.request("POST", "https://slow.example/", json={}, timeout=0.3)
    hanging.set()
    assert took.seconds < 2


def test_silence_after_connecting_may_have_been_received(settings: Settings) -> None:
    with Stopwatch() as took:
        error = failing(settings, lambda connection: time.sleep(3), timeout=0.3)
    assert isinstance(error, http.NoAnswer)
    assert took.seconds < 2


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n"


def partial(data: bytes, end: Script) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(data)
        time.sleep(0.05)  # so that the bytes arrive before the end does
        end(connection)

    return script


@pytest.mark.parametrize("end", [socket.socket.close, reset], ids=["closed", "reset"])
@pytest.mark.parametrize(
    "data", [b"", HEAD[:20], HEAD, HEAD + b"\r\nhalf"], ids=["nothing", "half a head", "head", "half a body"]
)
def test_answer_cut_off_may_have_been_received(settings: Settings, data: bytes, end: Script) -> None:
    assert isinstance(failing(settings, partial(data, end)), http.NoAnswer)


def test_nonsense_instead_of_http_may_have_been_received(settings: Settings) -> None:
    assert isinstance(failing(settings, lambda connection: connection.sendall(b"220 smtp\r\n\r\n")), http.NoAnswer)


@pytest.mark.parametrize("lead", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n"])
def test_slow_drip_ends_with_the_time_allowed(settings: Settings, lead: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(lead)
        for _ in range(100):
            connection.sendall(b"H")
            time.sleep(0.05)

    with Stopwatch() as took:
        assert isinstance(failing(settings, drip, timeout=0.5), http.NoAnswer)
    assert took.seconds < 1.5


def test_body_of_the_largest_size_is_read_and_one_byte_more_is_not(settings: Settings) -> None:
    with outside(answer(200, b"x" * 1000)) as server:
        assert len(http.request("GET", trusted(settings, server), max_bytes=1000).body) == 1000
    assert isinstance(failing(settings, answer(200, b"x" * 1001)), http.NoAnswer)


def test_compressed_body_is_read(settings: Settings) -> None:
    text = os.urandom(40_000).hex().encode() + b"x" * 200_000
    with outside(answer(200, gzip.compress(text), content_encoding="gzip")) as server:
        assert http.request("GET", trusted(settings, server)).body == text


def test_decompression_bomb_is_not_unpacked(settings: Settings) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000, 9)
    assert len(bomb) < 60_000
    error = failing(settings, answer(200, bomb, content_encoding="gzip"), max_bytes=60_000)
    assert isinstance(error, http.NoAnswer)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(gzip.compress(b"x" * 900)[:-9], "gzip"), (b"plain", "gzip"), (b"plain", "br"), (b"plain", "gzip, gzip")],
    ids=["cut off", "not gzip", "unknown", "twice"],
)
def test_body_that_cannot_be_unpacked_is_no_answer(settings: Settings, body: bytes, encoding: str) -> None:
    assert isinstance(failing(settings, answer(200, body, content_encoding=encoding)), http.NoAnswer)


def test_many_threads_share_the_pool(settings: Settings) -> None:
    with outside(answer(200, b"[1]")) as server, ThreadPoolExecutor(8) as pool:
        url = trusted(settings, server)
        bodies = list(pool.map(lambda _: http.request("GET", url).body, range(80)))
    assert bodies == [b"[1]"] * 80
    assert server.connections <= 8


def test_another_process_opens_connections_of_its_own(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with outside(answer()) as server:
        url = trusted(settings, server)
        http.request("GET", url)
        http.request("GET", url)
        assert server.connections == 1
        monkeypatch.setattr(os, "getpid", lambda: -1)
        http.request("GET", url)
        assert server.connections == 2


def test_sdk_client_keeps_to_the_time_allowed_whatever_is_asked(settings: Settings) -> None:
    with (
        Stopwatch() as took,
        outside(lambda connection: time.sleep(3)) as server,
        http.sdk_client(timeout=0.3) as client,
        pytest.raises(httpx2.ReadTimeout),
    ):
        client.get(trusted(settings, server), timeout=600)
    assert took.seconds < 2


def test_sdk_client_streams_an_answer(settings: Settings) -> None:
    with (
        outside(answer(200, b"data: 1\n\ndata: 2\n\n")) as server,
        http.sdk_client(timeout=PATIENCE) as client,
        client.stream("GET", trusted(settings, server)) as response,
    ):
        assert list(response.iter_lines()) == ["data: 1", "", "data: 2", ""]
