"""The child process: takes requests on standard input, answers each by a line of JSON on standard output.

A request is a line of JSON, `size` bytes of what is to be read behind it. Memory and processor time are limited
before anything is read; how long an answer may take is the parent's business, which ends us when it is over.
"""

import io
import json
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from apps.knowledge.extraction import documents, web
from apps.knowledge.extraction.problems import BROKEN, TOO_MUCH_MEMORY, Unreadable

MOST_MEMORY = 512 * 1024 * 1024
MOST_SECONDS = 120

_OPEN: dict[str, Callable[[bytes], documents.Opened]] = {"pdf": documents.open_pdf, "docx": documents.open_docx}


class Child:
    """What is open, and what can be asked for."""

    def __init__(self) -> None:
        self._opened: documents.Opened | None = None

    def answer(self, asked: dict[str, Any], data: bytes) -> dict[str, Any]:
        """Does what is asked. Raises Unreadable."""
        match asked.pop("do"):
            case "open":
                self._opened = None
                self._opened = _OPEN[asked["kind"]](data)
                return {"pages": self._opened[0]}
            case "page":
                return {"text": self._page(asked["number"])}
            case "web":
                return web.read_page(data, **asked)
            case "allowed":
                return web.allowed(**asked)
        raise Unreadable(BROKEN)

    def _page(self, number: int) -> str:
        if self._opened is None:
            raise Unreadable(BROKEN)
        return self._opened[1](number)


def limit() -> None:
    """Memory and time are bounded, no file can be written, no other program begun from what is read."""
    limits = {
        resource.RLIMIT_AS: MOST_MEMORY,
        resource.RLIMIT_CPU: MOST_SECONDS,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for what, most in limits.items():
        with suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(what, (most, most))


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answers until the parent is gone. Whatever a library stumbles over is the document's fault."""
    child = Child()
    while line := incoming.readline():
        asked = json.loads(line)
        data = incoming.read(asked.pop("size"))
        try:
            said = child.answer(asked, data)
        except Unreadable as error:
            said = {"problem": error.problem, "detail": error.detail}
        except MemoryError:
            said = {"problem": TOO_MUCH_MEMORY, "detail": ""}
        except Exception:  # the libraries raise whatever they stumble over; the next question is answered
            said = {"problem": BROKEN, "detail": ""}
        outgoing.write(json.dumps(said).encode() + b"\n")
        outgoing.flush()


if __name__ == "__main__":
    limit()
    answers = sys.stdout.buffer
    sys.stdout = io.TextIOWrapper(io.BytesIO())  # what a library prints is no answer
    serve(sys.stdin.buffer, answers)
