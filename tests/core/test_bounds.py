"""Bodies in front of Django: so large, so long, and the app is told that the client has gone."""

import asyncio
import json
from typing import Any

import pytest

from apps.core import bounds
from apps.core.bounds import Bounded
from tests.asgi import ask
from tests.clocks import PATIENCE

MEGABYTE = 1024 * 1024


class Reader:
    """An app that reads its body as Django does, and counts what it got."""

    def __init__(self) -> None:
        self.read: int | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size = 0
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            size += len(event["body"])
            if not event.get("more_body"):
                break
        self.read = size
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})


@pytest.mark.parametrize(
    ("path", "most"),
    [("/", MEGABYTE), ("/accounts/login/", MEGABYTE), ("/api/v1/bots/", 3 * MEGABYTE), ("/w/acme/", 6 * MEGABYTE)],
)
async def test_a_body_up_to_the_bound_is_read_and_a_byte_more_is_refused(path: str, most: int) -> None:
    reader = Reader()
    half = b"a" * (most // 2)
    assert (await ask(Bounded(reader), "POST", path, chunks=[half, half]))[0] == 200
    assert reader.read == most
    reader = Reader()
    status, headers, body = await ask(Bounded(reader), "POST", path, chunks=[half, half, b"a"])
    assert (status, reader.read) == (413, None)
    assert headers["connection"] == "close"
    assert b"too large" in body


async def test_an_announced_size_is_refused_before_anything_is_read() -> None:
    async def unasked(*_: Any) -> None:
        raise AssertionError("the app was asked")

    too_large = [("Content-Length", str(MEGABYTE + 1))]
    assert (await ask(Bounded(unasked), "POST", "/", headers=too_large))[0] == 413


@pytest.mark.parametrize("length", ["", "-1", "x", "١"])
async def test_a_length_that_is_none_is_not_believed(length: str) -> None:
    sent = [("Content-Length", length)]
    assert (await ask(Bounded(Reader()), "POST", "/", body=b"a" * (MEGABYTE + 1), headers=sent))[0] == 413
    assert (await ask(Bounded(Reader()), "POST", "/", body=b"a", headers=sent))[0] == 200


async def test_a_program_is_refused_with_a_problem_document() -> None:
    status, headers, body = await ask(Bounded(Reader()), "POST", "/api/v1/bots/", body=b"a" * (3 * MEGABYTE + 1))
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(body)["status"] == 413


async def test_a_body_that_takes_too_long_is_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is the body's, not that of each part: dribbling does not stretch it."""
    monkeypatch.setattr(bounds, "BODY_SECONDS", 0.2)
    reader, sent = Reader(), []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"a", "more_body": True}

    async def send(event: Any) -> None:
        sent.append(event)

    await asyncio.wait_for(Bounded(reader)({"type": "http", "path": "/", "headers": []}, receive, send), PATIENCE)
    assert (sent[0]["status"], reader.read) == (408, None)


async def test_after_the_body_an_app_may_wait_for_the_client_to_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "BODY_SECONDS", 0.05)
    events = [{"type": "http.request", "body": b"a"}]
    heard, sent = [], []

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop()
        await asyncio.sleep(0.3)
        return {"type": "http.disconnect"}

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        heard.extend([(await receive())["type"], (await receive())["type"]])

    async def send(event: Any) -> None:
        sent.append(event)

    await Bounded(app)({"type": "http", "path": "/", "headers": []}, receive, send)
    assert (heard, sent) == (["http.request", "http.disconnect"], [])
