"""A loopback server of OpenAI's API that answers to order and remembers what it was asked."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What one request gets. `body` is sent as JSON, or as it is when it is bytes; `wait` is in seconds."""

    body: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0


@dataclass
class Server:
    """`base_url` for the client; `asked` holds (path, headers, JSON) of every request."""

    base_url: str
    answers: list[Answer]
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    def bodies(self) -> list[Any]:
        return [body for _, _, body in self.asked]


@contextlib.contextmanager
def serve(answers: Sequence[Answer]) -> Iterator[Server]:
    """A running server; the last answer is repeated."""
    state = Server("", list(answers))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            state.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            time.sleep(answer.wait)
            content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            for name, value in answer.headers:
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.base_url = f"http://127.0.0.1:{listener.server_address[1]}/v1"
    try:
        yield state
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def said(content: str | None, **choice: Any) -> Answer:
    """A chat completion with this content."""
    message = {"role": "assistant", "content": content, **choice.pop("message", {})}
    return Answer(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "served-model",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message, **choice}],
            "usage": {"prompt_tokens": 321, "completion_tokens": 12, "total_tokens": 333},
        }
    )


def replied(**changes: Any) -> str:
    """The content of a good answer, with changes."""
    return json.dumps(
        {
            "reply": "A city bike costs €12 per day.",
            "fields": {"name": None, "email": None, "phone": None, "location": None},
            "handoff_reason": None,
            "knows": True,
            "used_passages": [3],
            "asks": None,
            **changes,
        }
    )


def vectors(count: int, length: int = 1536, start: int = 0) -> Answer:
    """Embeddings in reversed order, each pointing along one axis."""
    items = [
        {
            "object": "embedding",
            "index": index,
            "embedding": [2.0 if place == index + start else 0.0 for place in range(length)],
        }
        for index in range(count)
    ]
    return Answer(
        {"object": "list", "model": "e", "data": items[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    )
