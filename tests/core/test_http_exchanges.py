"""Every exchange is shown to its owner, and neither that nor the log ever holds a secret."""

import logging
from collections.abc import Iterator

import httpx2
import pytest
from pytest_django import Settings

from apps.core import http
from apps.core.http import Exchange
from tests.clocks import PATIENCE, passed
from tests.core.outside import answer, free_port, outside, reset

SECRET = "EAAJ/s3cr3t-t0k3n"


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[list[Exchange]]:
    """The exchanges, recorded for this test alone."""
    settings.HTTP_TRUSTED_HOSTS = ["127.0.0.1"]
    exchanges: list[Exchange] = []
    monkeypatch.setattr(http, "recorders", [exchanges.append])
    yield exchanges


def test_exchange_says_what_was_asked_and_how_it_ended(seen: list[Exchange]) -> None:
    with outside(answer(404)) as server:
        http.request("POST", f"{server.url}/v26.0/1/messages", json={"text": "hola"})
    (exchange,) = seen
    assert (exchange.method, exchange.url, exchange.status, exchange.error) == (
        "POST",
        f"{server.url}/v26.0/1/messages",
        404,
        "",
    )
    assert 0 < exchange.elapsed <= passed()


def test_exchange_that_failed_says_how(seen: list[Exchange]) -> None:
    with outside(reset) as server, pytest.raises(http.NoAnswer):
        http.request("GET", server.url)
    with pytest.raises(http.NotReached):
        http.request("GET", f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(http.NotReached):
        http.request("GET", "http://10.0.0.1/")
    with outside(answer(200, b"x" * 20)) as server, pytest.raises(http.NoAnswer):
        http.request("GET", server.url, max_bytes=10)
    assert [(exchange.status, exchange.error) for exchange in seen] == [
        (None, "NoAnswer"),
        (None, "NotReached"),
        (None, "NotReached"),
        (200, "NoAnswer"),
    ]


def test_exchange_of_an_sdk_is_recorded(seen: list[Exchange]) -> None:
    with outside(answer(500)) as server, http.sdk_client(timeout=PATIENCE) as client:
        client.post(f"{server.url}/v1/chat/completions?key=1", json={})
        assert [(exchange.url, exchange.status, exchange.error) for exchange in seen] == [
            (f"{server.url}/v1/chat/completions", 500, "")
        ]
    with outside(reset) as server, http.sdk_client(timeout=PATIENCE) as client, pytest.raises(httpx2.HTTPError):
        client.get(server.url)
    assert seen[1].error == "NoAnswer"


def test_stream_left_early_is_recorded_once(seen: list[Exchange]) -> None:
    with (
        outside(answer(200, b"x" * 200_000)) as server,
        http.sdk_client(timeout=PATIENCE) as client,
        client.stream("GET", server.url) as response,
    ):
        next(response.iter_bytes())
    assert [(exchange.status, exchange.error) for exchange in seen] == [(200, "")]


@pytest.mark.parametrize("in_path", [SECRET, "EAAJ%2Fs3cr3t-t0k3n"])
def test_secrets_reach_neither_record_nor_log(
    seen: list[Exchange], caplog: pytest.LogCaptureFixture, in_path: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2"):
        assert logging.getLogger(name).level == logging.WARNING
    with outside(answer()) as server:
        http.request(
            "POST",
            f"{server.url}/bot{in_path}/send?access_token={in_path}#{in_path}",
            headers={"authorization": f"Bearer {SECRET}"},
            json={"secret": SECRET},
            redact=(SECRET,),
        )
    with pytest.raises(http.NotReached) as caught:
        http.request("GET", f"http://user:{in_path}@127.0.0.1/")
    assert seen[0].url == f"{server.url}/bot[hidden]/send"
    written = repr(seen) + caplog.text + str(caught.value)
    assert "s3cr3t" not in written


def test_recorder_that_raises_is_logged_and_ignored(
    seen: list[Exchange], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(exchange: Exchange) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(http, "recorders", [broken, seen.append])
    with outside(answer()) as server:
        assert http.request("GET", server.url).status == 200
    assert len(seen) == 1
    assert "could not be recorded" in caplog.text
