"""The intake's limits: an answer comes in time whatever the work does, and late work is not waited for."""

import asyncio
import time
from typing import Any

import pytest

from apps.ingest import asgi
from apps.ingest.asgi import Intake
from apps.ingest.ear import Ear
from apps.ingest.patience import LOOK_SECONDS, Limit, Patience
from tests.clocks import PATIENCE, Stopwatch


async def after(seconds: float, result: str) -> str:
    await asyncio.sleep(seconds)
    return result


async def test_work_in_time_gives_its_result() -> None:
    assert await Patience().result(after(0.01, "done"), Limit(PATIENCE, "late")) == "done"


async def test_an_error_in_time_is_raised() -> None:
    async def fail() -> str:
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        await Patience().result(fail(), Limit(PATIENCE, "late"))


async def test_late_work_is_cancelled_but_not_waited_for() -> None:
    cancelled, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn() -> str:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.set()
            await go_on.wait()
            ended.set()
            raise
        return "done"

    began = time.monotonic()
    with Stopwatch() as took:
        assert await Patience().result(stubborn(), Limit(0.1, "late")) == "late"
    assert time.monotonic() - began >= 0.1
    assert took.seconds < 0.1 + LOOK_SECONDS + 0.2
    await asyncio.sleep(0)
    assert (cancelled.is_set(), ended.is_set()) == (True, False)
    go_on.set()
    await asyncio.wait_for(ended.wait(), PATIENCE)


async def test_the_work_moves_its_own_limit() -> None:
    limit = Limit(0.05, "no body")

    async def steps() -> str:
        limit.set(PATIENCE, "not stored")
        await asyncio.sleep(0.25)
        limit.set(0.05, "not answered")
        return await after(30, "done")

    began = time.monotonic()
    with Stopwatch() as took:
        assert await Patience().result(steps(), limit) == "not answered"
    assert time.monotonic() - began >= 0.3
    assert took.seconds < 2.0


async def test_each_wait_ends_at_its_own_limit_and_the_next_one_after_a_pause_too() -> None:
    patience = Patience()
    waits = [
        patience.result(after(30, "done"), Limit(0.3, "second")),
        patience.result(after(30, "done"), Limit(0.05, "first")),
        patience.result(after(0.4, "done"), Limit(PATIENCE, "third")),
    ]
    assert await asyncio.gather(*waits) == ["second", "first", "done"]
    await asyncio.sleep(3 * LOOK_SECONDS)
    assert await patience.result(after(30, "done"), Limit(0.05, "fourth")) == "fourth"


async def test_a_caller_that_goes_away_takes_its_work_along() -> None:
    ended = asyncio.Event()

    async def work() -> str:
        try:
            return await after(30, "done")
        finally:
            ended.set()

    caller = asyncio.create_task(Patience().result(work(), Limit(PATIENCE, "late")))
    await asyncio.sleep(0.01)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.wait_for(ended.wait(), PATIENCE)


async def test_a_body_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(Ear, "listen", lambda ear: None)  # no word to a database, which the test has none of
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": "/webhook/whatsapp_cloud/", "headers": [], "query_string": b""}
    with Stopwatch() as took:
        await Intake()(scope, receive, send)
    assert took.seconds < 2.0
    assert sent[0]["status"] == 408
