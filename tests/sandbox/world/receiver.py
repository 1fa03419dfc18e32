"""A tiny server in the place of the product: it keeps the webhooks it gets as raw bytes."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.clocks import PATIENCE

VERIFY_TOKEN = "open-sesame"


@dataclass(frozen=True)
class Received:
    """One POST as it came over the wire."""

    headers: dict[str, str]
    body: bytes

    @property
    def value(self) -> dict[str, Any]:
        """The `value` of its only change."""
        (entry,) = json.loads(self.body)["entry"]
        (change,) = entry["changes"]
        return dict(change["value"])

    @property
    def statuses(self) -> list[str]:
        return [item["status"] for item in self.value.get("statuses", [])]


@dataclass
class Receiver:
    """What was received, and what to answer next: `answers` first, then 200."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait(self, wanted: Callable[[Received], Any], count: int = 1) -> list[Received]:
        """The webhooks that are wanted, as soon as there are `count` of them."""
        deadline = time.monotonic() + PATIENCE
        while len(found := [item for item in self.received if wanted(item)]) < count:
            assert time.monotonic() < deadline, f"only {len(found)} of {count}; received {self.received}"
            time.sleep(0.01)
        return found

    def messages(self, count: int = 1) -> list[Received]:
        return self.wait(lambda item: "messages" in item.value, count)

    def statuses(self, count: int) -> list[dict[str, Any]]:
        found = self.wait(lambda item: "statuses" in item.value, count)
        return [status for item in found for status in item.value["statuses"]]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            known = asked.get("hub.mode") == "subscribe" and asked.get("hub.verify_token") == VERIFY_TOKEN
            self._answer(200 if known else 403, asked.get("hub.challenge", "").encode() if known else b"no")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(Received(dict(self.headers), body))
            self._answer(receiver.answers.pop(0) if receiver.answers else 200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhook/"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
