"""The parent's side: a child process that reads what others have written, ended when it takes too long.

Use it as a context. A child that dies is replaced at the next question, and what it had open is opened again.
"""

import json
import os
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from apps.knowledge.extraction.problems import BROKEN, TOO_MUCH_MEMORY, TOO_MUCH_TEXT, TOO_SLOW, Unreadable

#: Seconds for one page or one opening.
SECONDS = 20.0
#: Bytes of an answer.
MOST_ANSWER = 20_000_000
_ROOT = Path(__file__).resolve().parents[3]
_PIECE = 65_536


class Reader:
    """Asks a child process, one question at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._open: tuple[str, bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()

    def open(self, kind: str, data: bytes) -> int:
        """Opens a `pdf` or `docx`; returns how many pages it has. Raises Unreadable."""
        self._open = (kind, data)
        return int(self._ask({"do": "open", "kind": kind}, data)["pages"])

    def page(self, number: int) -> str:
        """The text of a page of what is open, counted from 0. Raises Unreadable."""
        if self._child is None and self._open is not None:
            self.open(*self._open)
        return str(self._ask({"do": "page", "number": number})["text"])

    def web(self, data: bytes, **options: Any) -> dict[str, Any]:
        """See `web.read_page`. Raises Unreadable."""
        return self._ask({"do": "web", **options}, data)

    def allowed(self, robots: str, url: str) -> tuple[bool, float]:
        """Whether robots.txt lets us read the address, and the seconds between two. Raises Unreadable."""
        said = self._ask({"do": "allowed", "robots": robots, "url": url})
        return bool(said["allowed"]), float(said["pause"])

    def _ask(self, question: dict[str, Any], data: bytes = b"") -> dict[str, Any]:
        deadline = time.monotonic() + self._seconds
        child = self._child = self._child or _begin()
        try:
            line = _exchange(child, json.dumps({**question, "size": len(data)}).encode() + b"\n" + data, deadline)
        except Unreadable:
            self._end()
            raise
        said: dict[str, Any] = json.loads(line)
        if "problem" in said:
            raise Unreadable(said["problem"], said.get("detail", ""))
        return said

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            for pipe in _pipes(self._child):
                pipe.close()
            self._child.wait()
            self._child = None


def _begin() -> subprocess.Popen[bytes]:
    """A child without our environment: there are no secrets in it."""
    child = subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-E", "-s", "-m", "apps.knowledge.extraction"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"}, bufsize=0,
    )  # fmt: skip
    for pipe in _pipes(child):
        os.set_blocking(pipe.fileno(), False)
    return child


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    """What it reads from, and what it writes to."""
    assert child.stdin and child.stdout  # noqa: S101  # asked for in _begin
    return child.stdin, child.stdout


def _exchange(child: subprocess.Popen[bytes], question: bytes, deadline: float) -> bytes:
    """Writes the question and reads one line, both by the deadline. Raises Unreadable."""
    to, back = _pipes(child)
    left, found = memoryview(question), bytearray()
    with selectors.DefaultSelector() as pipes:
        pipes.register(to, selectors.EVENT_WRITE)
        pipes.register(back, selectors.EVENT_READ)
        while not found.endswith(b"\n"):
            ready = pipes.select(max(deadline - time.monotonic(), 0.0))
            if not ready:
                raise Unreadable(TOO_SLOW, f"{SECONDS:g} s")
            for key, _ in ready:
                if key.fileobj is to:
                    left = _written(child, to, left)
                    if not left:
                        pipes.unregister(to)
                else:
                    found += _read(child, back)
            if len(found) > MOST_ANSWER:
                raise Unreadable(TOO_MUCH_TEXT, "20 MB")
    return bytes(found)


def _written(child: subprocess.Popen[bytes], to: IO[bytes], left: memoryview) -> memoryview:
    try:
        return left[os.write(to.fileno(), left[:_PIECE]) :]
    except BrokenPipeError as error:
        raise Unreadable(_why_dead(child)) from error


def _read(child: subprocess.Popen[bytes], back: IO[bytes]) -> bytes:
    piece = os.read(back.fileno(), _PIECE)
    if not piece:
        raise Unreadable(_why_dead(child))
    return piece


def _why_dead(child: subprocess.Popen[bytes]) -> str:
    """A child that ended by itself had no memory left, as a rule: libraries in C cannot say so."""
    return TOO_SLOW if child.wait() == -24 else TOO_MUCH_MEMORY if child.returncode < 0 else BROKEN
