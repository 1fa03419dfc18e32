"""The load generator: sends ready-made requests over a number of kept connections, one at a time on each, and
notes when and how each was answered. `python -m bench.load` runs one round in a process of its own.
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
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from bench import deliveries

#: The status of a request that got no answer.
NO_ANSWER = 0
#: A round that takes longer has failed.
ROUND_SECONDS = 60.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass(frozen=True)
class Round:
    """What became of one round's requests."""

    seconds: float  # from the first byte sent to the last answer
    statuses: dict[int, int]  # HTTP status, or NO_ANSWER -> how many
    latencies_ms: list[float]  # of every request, in the order of the answers


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


async def send(host: str, port: int, requests: Sequence[bytes], connections: int) -> Round:
    """Sends every request once. Raises OSError when nobody listens, TimeoutError after ROUND_SECONDS."""
    loop = asyncio.get_running_loop()
    statuses: Counter[int] = Counter()
    latencies: list[float] = []

    async def connect() -> Link:
        return (await loop.create_connection(Link, host, port))[1]

    async def work(link: Link, share: Iterator[bytes]) -> None:
        for request in share:
            if link.closed:
                link = await connect()
            began = time.perf_counter()
            status = await link.ask(request)
            latencies.append((time.perf_counter() - began) * 1000)
            statuses[status] += 1
        if link.transport is not None:
            link.transport.close()

    async with asyncio.timeout(ROUND_SECONDS):
        links = [await connect() for _ in range(connections)]
        # One iterator for all: whichever connection is free takes the next request.
        share = iter(requests)
        began = time.perf_counter()
        await asyncio.gather(*(work(link, share) for link in links))
    return Round(time.perf_counter() - began, dict(statuses), latencies)


def main(arguments: list[str]) -> int:
    """Sends one series; prints the Round as one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m bench.load", description=__doc__)
    for name in ("--url", "--secret", "--number", "--series"):
        parser.add_argument(name, required=True)
    for name in ("--count", "--connections"):
        parser.add_argument(name, required=True, type=int)
    options = parser.parse_args(arguments)
    address = urlsplit(options.url)
    bodies = (deliveries.body(options.number, options.series, place) for place in range(options.count))
    requests = [deliveries.request(address.netloc, address.path, options.secret, body) for body in bodies]
    # The collector's pauses would be this process's, not the server's.
    gc.disable()
    done = asyncio.run(send(address.hostname or "", address.port or 80, requests, options.connections))
    print(json.dumps(asdict(done)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
