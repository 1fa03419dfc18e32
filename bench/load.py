"""The load generator: sends ready-made requests over a number of kept connections, one at a time on each, and
notes when and how each was answered. `python -m bench.load` plays one series in a process of its own.
"""

import argparse
import asyncio
import gc
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from urllib.parse import urlsplit

from bench import deliveries
from sandbox.children import Failed
from sandbox.processes import Processes

#: The status of a request that got no answer.
NO_ANSWER = 0
#: A round that takes longer has failed.
ROUND_SECONDS = 60.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass(frozen=True)
class Series:
    """What is sent where. Two series of the same name hold the same bytes."""

    url: str
    secret: str
    name: str
    number: str  # the first number's phone_number_id
    count: int
    connections: int = 32
    numbers: int = 1
    first_number: int = 0  # how many numbers after `number` the series' own begin
    customers: int = deliveries.CUSTOMERS
    first_customer: int = 0
    per_second: float = 0.0  # 0: as fast as they are answered
    text: str = deliveries.QUESTION
    at: int = deliveries.LONG_AGO  # Unix seconds by the vendor's clock

    def sender(self, place: int) -> str:
        """Who writes the `place`-th delivery."""
        return deliveries.customer(place, self.customers, self.first_customer)

    def body(self, place: int) -> bytes:
        """The `place`-th delivery."""
        number = str(int(self.number) + self.first_number + place % self.numbers)
        return deliveries.body(number, self.name, place, self.sender(place), text=self.text, at=self.at)

    def requests(self) -> list[bytes]:
        """All of them, ready for the wire."""
        to = urlsplit(self.url)
        bodies = (self.body(place) for place in range(self.count))
        return [deliveries.request(to.netloc, to.path, self.secret, body) for body in bodies]


@dataclass(frozen=True)
class Round:
    """What became of one series' requests."""

    seconds: float  # from the first byte sent to the last answer
    statuses: dict[int, int]  # HTTP status, or NO_ANSWER -> how many
    latencies_ms: list[float]  # of every request, in the order of the answers
    sent_at: list[float] = field(default_factory=list)  # Unix seconds, by place in the series

    @property
    def non_2xx(self) -> int:
        """How many were not accepted, unanswered ones too."""
        return sum(count for status, count in self.statuses.items() if not 200 <= status < 300)


class Link(asyncio.Protocol):
    """One kept connection, with at most one request under way."""

    def __init__(self) -> None:
        self.closed = False
        self.transport: asyncio.WriteTransport | None = None
        self.received = b""
        self.waiting: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        if isinstance(transport, asyncio.WriteTransport):
            self.transport = transport

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Sends; the future gets the answer's status, or NO_ANSWER when the connection ends first."""
        self.waiting = asyncio.get_running_loop().create_future()
        if self.transport is not None:
            self.transport.write(request)
        return self.waiting

    def data_received(self, data: bytes) -> None:
        """Called by the event loop. An answer is whole when its headers and as many bytes as they say are there."""
        self.received += data
        head, end, rest = self.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if end and len(rest) >= (int(length[1]) if length else 0):
            self.received = b""
            self.answered(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self.closed = True
        self.answered(NO_ANSWER)

    def answered(self, status: int) -> None:
        """Completes the request under way, if there is one."""
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_result(status)


async def send(host: str, port: int, requests: Sequence[bytes], connections: int, per_second: float = 0.0) -> Round:
    """Sends every request once, `per_second` of them when it is not 0.

    A request that goes out late because its server keeps the connections busy counts from when it should have
    gone. Raises OSError when nobody listens, TimeoutError after ROUND_SECONDS more than the pace asks for.
    """
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    sent_at = [0.0] * len(requests)

    async def connect() -> Link:
        return (await loop.create_connection(Link, host, port))[1]

    async def work(link: Link, share: Iterator[tuple[int, bytes]]) -> None:
        for place, request in share:
            due = began + place / per_second if per_second else 0.0
            if per_second:
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if link.closed:
                link = await connect()
            sent_at[place] = time.time()
            start = due or time.perf_counter()
            status = await link.ask(request)
            latencies.append((time.perf_counter() - start) * 1000)
            statuses[status] += 1
        if link.transport is not None:
            link.transport.close()

    async with asyncio.timeout(ROUND_SECONDS + (len(requests) / per_second if per_second else 0.0)):
        links = [await connect() for _ in range(connections)]
        # One iterator for all: whichever connection is free takes the next request.
        share = iter(enumerate(requests))
        began = time.perf_counter()
        await asyncio.gather(*(work(link, share) for link in links))
    return Round(time.perf_counter() - began, dict(statuses), latencies, sent_at)


def start(processes: Processes, series: Series) -> str:
    """Starts sending the series, in a process of its own; returns the process's name for `finish`."""
    name = f"load-{series.name}"
    processes.start(name, _command(series))
    return name


def finish(processes: Processes, name: str) -> Round:
    """Waits until the series is sent. Raises Failed when its process did not end well."""
    code = processes.children[name].wait()
    processes.forget(name)
    if code:
        raise Failed(processes.why_stopped(name, code))
    return _read(processes, name)


def play(processes: Processes, series: Series) -> Round:
    """Sends the series from a process of its own and waits for it. Raises Failed."""
    processes.check()
    name = f"load-{series.name}"
    processes.run(name, _command(series))
    return _read(processes, name)


def _command(series: Series) -> list[str]:
    return [sys.executable, "-m", "bench.load", json.dumps(asdict(series))]


def _read(processes: Processes, name: str) -> Round:
    said = json.loads(processes.log(name).read_text().splitlines()[-1])
    return Round(**{**said, "statuses": {int(status): count for status, count in said["statuses"].items()}})


def main(arguments: list[str]) -> int:
    """Sends the series that the one argument describes as JSON; prints the Round as one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    parser.add_argument("series", type=json.loads, help=f"JSON: {', '.join(one.name for one in fields(Series))}")
    series = Series(**parser.parse_args(arguments).series)
    to = urlsplit(series.url)
    requests = series.requests()
    # The collector's pauses would be this process's, not the server's.
    gc.disable()
    done = asyncio.run(
        send(to.hostname or "", to.port or 80, requests, min(series.connections, series.count), series.per_second)
    )
    print(json.dumps(asdict(done)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
