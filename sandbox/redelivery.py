"""Delivers again what the intake put off, as our own chat does it: the same once more, after growing pauses.

Where Postgres is slow the intake refuses within two seconds and asks for another delivery; whoever posts makes one.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.children import Failed

#: Seconds before each further try; static/widget/chat.js waits as long and gives up as late.
PAUSES = (2.0, 4.0, 8.0, 16.0, 32.0)
#: The status of a request that got no answer.
NO_ANSWER = 0


@dataclass(frozen=True)
class Answered:
    """What came of one request."""

    status: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether it was accepted."""
        return 200 <= self.status < 300

    @property
    def put_off(self) -> bool:
        """Whether the same may be taken a little later."""
        return self.status in (NO_ANSWER, 429) or self.status >= 500


def insist(ask: Callable[[], Answered]) -> str:
    """Asks until it is taken; returns the answer's text. Raises Failed when it is refused or put off too often."""
    began, tries = time.monotonic(), 1
    while not (answered := ask()).taken:
        if not answered.put_off or tries > len(PAUSES):
            seconds = time.monotonic() - began
            raise Failed(f"Not taken in {tries} tries and {seconds:.0f} s: {answered.status} {answered.text[:200]}")
        time.sleep(PAUSES[tries - 1])
        tries += 1
    return answered.text
