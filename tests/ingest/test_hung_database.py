"""Postgres hangs in the middle of the traffic: refusals in time, nobody held, and all is well when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from apps.ingest import asgi
from apps.ingest.asgi import Intake
from apps.ingest.models import Delivery
from tests.asgi import ask
from tests.clocks import PATIENCE, Stopwatch
from tests.ingest.test_intake import PATH, hook, signed  # noqa: F401  # the fixture

AT_ONCE = 40


class Wire:
    """Stands between the intake and Postgres; nothing passes while `open` is not set."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.port = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copies one direction until it ends."""
        try:
            while data := await reader.read(65_536):
                await self.open.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the intake's."""
        database = settings.DATABASES["default"]
        there, back = await asyncio.open_connection(database["HOST"], database["PORT"])
        await asyncio.gather(self.pass_on(reader, back), self.pass_on(there, writer))


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    made = Wire()
    server = await asyncio.start_server(made.connected, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.open.set()
        server.close()


async def post(intake: Intake, number: int, watch: Stopwatch) -> tuple[int, float]:
    body, began = f'{{"number": {number}}}'.encode(), watch.seconds
    status, _, _ = await ask(intake, "POST", PATH, body=body, headers=signed(body))
    return status, watch.seconds - began


async def delivered(intake: Intake, number: int, watch: Stopwatch) -> int:
    """Posts it as a vendor does, again and again until it is stored; returns how often."""
    times, until = 1, time.monotonic() + PATIENCE
    while (await post(intake, number, watch))[0] != 200:
        assert time.monotonic() < until
        times += 1
    return times


async def all_at_once(intake: Intake, numbers: Iterable[int], watch: Stopwatch) -> list[tuple[int, float]]:
    return await asyncio.gather(*(post(intake, number, watch) for number in numbers))


def test_forty_webhooks_are_refused_in_time_and_the_next_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    served, hung, times = list[tuple[int, float]](), list[tuple[int, float]](), list[int]()

    async def scene() -> None:
        async with wire() as line:
            intake = Intake()
            info = make_conninfo(asgi.conninfo(), port=line.port)
            monkeypatch.setattr(asgi, "conninfo", lambda: info)
            with Stopwatch() as watch:
                times.append(await delivered(intake, 0, watch))
                served.extend(await all_at_once(intake, range(200, 200 + AT_ONCE), watch))
                line.open.clear()
                hung.extend(await all_at_once(intake, range(1, AT_ONCE + 1), watch))
                hung.append(await post(intake, 98, watch))
                line.open.set()
                times.append(await delivered(intake, 99, watch))
            await intake.close()

    asyncio.run(scene())
    assert {status for status, _ in hung} == {503}
    # What forty cost this machine when all is well is not the hung database's.
    assert max(seconds for _, seconds in hung) < 2.0 + max(seconds for _, seconds in served)
    numbers = [bytes(one.body or b"") for one in Delivery.objects.all()]
    assert 1 <= numbers.count(b'{"number": 0}') <= times[0] and b'{"number": 99}' in numbers
