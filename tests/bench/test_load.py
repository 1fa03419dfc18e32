"""The load generator sends every request once and counts every answer, the missing ones too."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from bench import deliveries
from bench.load import NO_ANSWER, send

HOST = "127.0.0.1"


class Toy:
    """A server that answers by the body's words, and remembers what it got and over how many connections."""

    def __init__(self) -> None:
        self.bodies: Counter[bytes] = Counter()
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
                self.bodies[body] += 1
                if body.startswith(b"hang up"):
                    break
                await self.answer(writer, 503 if body.startswith(b"refuse") else 200)
        writer.close()

    async def answer(self, writer: asyncio.StreamWriter, status: int) -> None:
        """In two pieces, cut inside the body."""
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhe".encode())
        await writer.drain()
        await asyncio.sleep(0.002)
        writer.write(b"llo")


@pytest.fixture
async def toy() -> AsyncIterator[tuple[Toy, int]]:
    made = Toy()
    server = await asyncio.start_server(made.serve, HOST, 0)
    yield made, server.sockets[0].getsockname()[1]
    server.close()


def requests(*bodies: bytes) -> list[bytes]:
    return [deliveries.request(HOST, "/", "secret", body) for body in bodies]


async def test_every_request_is_sent_once_over_kept_connections(toy: tuple[Toy, int]) -> None:
    server, port = toy
    bodies = [f"fine {place}".encode() for place in range(40)]
    done = await send(HOST, port, requests(*bodies), 4)
    assert done.statuses == {200: 40}
    assert server.bodies == Counter(bodies)
    assert server.connections == 4


async def test_time_runs_until_the_whole_answer_is_there(toy: tuple[Toy, int]) -> None:
    done = await send(HOST, toy[1], requests(b"a", b"b", b"c"), 1)
    assert len(done.latencies_ms) == 3
    assert min(done.latencies_ms) >= 2.0
    assert done.seconds >= sum(done.latencies_ms) / 1000 >= 0.006


async def test_refusals_and_missing_answers_are_counted_and_the_rest_is_still_sent(toy: tuple[Toy, int]) -> None:
    bodies = [b"fine 1", b"refuse 1", b"hang up", b"fine 2", b"refuse 2"]
    done = await send(HOST, toy[1], requests(*bodies), 1)
    assert done.statuses == {200: 2, 503: 2, NO_ANSWER: 1}
    assert toy[0].bodies == Counter(bodies)
    assert toy[0].connections == 2


async def test_a_server_that_is_away_is_an_error_and_not_a_result(toy: tuple[Toy, int]) -> None:
    silent = await asyncio.start_server(toy[0].serve, HOST, 0)
    port = silent.sockets[0].getsockname()[1]
    silent.close()
    await silent.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await send(HOST, port, requests(b"a"), 1)


async def test_a_pace_is_kept_and_each_request_knows_when_it_went(toy: tuple[Toy, int]) -> None:
    server, port = toy
    began = time.time()
    done = await send(HOST, port, requests(*(f"fine {place}".encode() for place in range(10))), 4, per_second=50.0)
    assert done.statuses == {200: 10}
    assert done.seconds >= 9 / 50
    # None goes before its time; how late it goes is up to the machine.
    early = [place for place, at in enumerate(done.sent_at) if at < began + place / 50 - 0.005]
    assert (early, len(done.sent_at), max(done.sent_at) <= time.time()) == ([], 10, True)
