"""Slow, huge and many requests: each has its bound, and the usual webhook still finds room."""

import asyncio
from typing import Any

import pytest

from apps.ingest import asgi, room
from apps.ingest.asgi import Intake
from apps.ingest.models import Delivery
from apps.ingest.room import Room
from tests.asgi import ask
from tests.clocks import PATIENCE
from tests.ingest.test_intake import PATH, hook, signed, stored  # noqa: F401  # the fixture
from tests.intake import asked, patient

KILO = 1024


def test_small_bodies_need_no_budget() -> None:
    place = Room()
    with place.share() as share:
        assert share is not None and share.grow(room.SMALL)
        assert place.large == 0
        assert share.grow(10) and place.large == 10
    assert (place.large, place.requests) == (0, 0)


def test_large_bodies_crowd_out_large_ones_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BUDGET", 100 * KILO)
    place = Room()
    with place.share() as first, place.share() as second, place.share() as third:
        assert first is not None and second is not None and third is not None
        assert first.grow(room.SMALL + 90 * KILO)
        assert not second.grow(room.SMALL + 20 * KILO)
        assert third.grow(room.SMALL)
    with place.share() as again:
        assert again is not None and again.grow(room.SMALL + 100 * KILO)


def test_what_is_given_back_after_an_error_is_all() -> None:
    place = Room()
    with pytest.raises(ValueError, match="broken"), place.share() as share:
        assert share is not None and share.grow(1024 * KILO)
        raise ValueError("broken")
    assert (place.large, place.requests) == (0, 0)


async def dribble(intake: Intake, started: asyncio.Event, go_on: asyncio.Event, first: bytes) -> int:
    """A client that sends the beginning of a body and then nothing; the status it gets."""
    statuses: list[int] = []
    events = [{"type": "http.request", "body": first, "more_body": True}]

    async def receive() -> dict[str, Any]:
        if events:
            return events.pop()
        started.set()
        await go_on.wait()
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            statuses.append(event["status"])

    scope = {"type": "http", "method": "POST", "path": PATH, "query_string": b"", "headers": []}
    await intake(scope, receive, send)
    return statuses[0]


def test_clients_that_dribble_are_cut_off_and_leave_their_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are places: whoever comes then is asked to come again, and after the cut is served."""
    monkeypatch.setattr(room, "MOST_REQUESTS", 3)
    monkeypatch.setattr(asgi, "BODY_SECONDS", 2.0)
    answers: list[Any] = []

    async def scene() -> None:
        intake, go_on = Intake(), asyncio.Event()
        begun = [asyncio.Event() for _ in range(3)]
        slow = [asyncio.create_task(dribble(intake, one, go_on, b"{")) for one in begun]
        for one in begun:
            await one.wait()
        answers.append((await ask(intake, "POST", PATH, body=b"{}", headers=signed(b"{}")))[0])
        answers.append(sorted(await asyncio.gather(*slow)))
        answers.append((await ask(intake, "POST", PATH, body=b"{}", headers=signed(b"{}")))[0])
        await intake.close()

    with patient():
        asyncio.run(scene())
    assert answers == [503, [408, 408, 408], 200]
    assert len(stored()) == 1


def test_while_huge_bodies_fill_the_budget_usual_webhooks_are_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BUDGET", 1024 * KILO)
    monkeypatch.setattr(asgi, "BODY_SECONDS", PATIENCE)
    huge = b" " * (room.SMALL + 900 * KILO)
    answers: list[int] = []

    async def scene() -> None:
        intake, go_on, begun = Intake(), asyncio.Event(), asyncio.Event()
        slow = asyncio.create_task(dribble(intake, begun, go_on, huge))
        await begun.wait()
        answers.append((await ask(intake, "POST", PATH, body=huge, headers=signed(huge)))[0])
        answers.append((await ask(intake, "POST", PATH, body=b"{}", headers=signed(b"{}")))[0])
        go_on.set()
        answers.append(await slow)
        answers.append((await ask(intake, "POST", PATH, body=huge, headers=signed(huge)))[0])
        await intake.close()

    with patient():
        asyncio.run(scene())
    assert answers == [503, 200, 408, 200]
    assert Delivery.objects.count() == 2


def test_metas_largest_batch_is_stored() -> None:
    body = b" " * (3 * 1024 * KILO)

    ((status, _, _),) = asked({"method": "POST", "path": PATH, "body": body, "headers": signed(body)})
    assert status == 200
    assert len(bytes(stored()[0].body or b"")) == len(body)
