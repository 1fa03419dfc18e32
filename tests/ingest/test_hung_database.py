"""Postgres hangs in the middle of the traffic: refusals in time, nobody held, and all is well when it is back."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from apps.ingest import asgi
from apps.ingest.asgi import Intake
from apps.ingest.models import Delivery
from tests.asgi import ask
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


async def post(intake: Intake, number: int) -> tuple[int, float]:
    body, started = f'{{"number": {number}}}'.encode(), time.monotonic()
    status, _, _ = await ask(intake, "POST", PATH, body=body, headers=signed(body))
    return status, time.monotonic() - started


def test_forty_webhooks_are_refused_in_time_and_the_next_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, list[tuple[int, float]]] = {}

    async def scene() -> None:
        async with wire() as line:
            info = make_conninfo(asgi.conninfo(), port=line.port)
            monkeypatch.setattr(asgi, "conninfo", lambda: info)
            intake = Intake()
            answers["before"] = [await post(intake, 0)]
            line.open.clear()
            answers["hung"] = await asyncio.gather(*(post(intake, number) for number in range(1, AT_ONCE + 1)))
            answers["still hung"] = [await post(intake, 98)]
            line.open.set()
            until = time.monotonic() + 8
            while time.monotonic() < until:
                answers["after"] = [await post(intake, 99)]
                if answers["after"][0][0] == 200:
                    break
            await intake.close()

    asyncio.run(scene())
    assert [status for status, _ in answers["before"]] == [200]
    assert {status for status, _ in answers["hung"]} == {503}
    assert max(seconds for _, seconds in (*answers["hung"], *answers["still hung"])) < 2.0
    assert [status for status, _ in answers["after"]] == [200]
    numbers = [bytes(one.body or b"") for one in Delivery.objects.all()]
    assert numbers.count(b'{"number": 0}') == 1 and b'{"number": 99}' in numbers
