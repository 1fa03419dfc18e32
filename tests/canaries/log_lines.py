"""Listens to the log during every test, and fails the one in which a line held a secret or a customer's words.

A pytest plugin, loaded by `addopts` in pyproject.toml. A line is what an installation would write; each worker of a
parallel run listens to its own. What the tests' vendors, workspaces and customers are called stands in NEEDLES.
"""

import logging
import re
from collections.abc import Iterator
from unittest import mock

import pytest

from apps.tenants.logs import LineFormatter

#: What must never stand in a line: the tests' secrets, their customers' numbers, the words planted in workspaces.
NEEDLES = {
    "an app secret": re.compile(r"test-app-secret|intake-secret|secret-canary"),
    "a verify token": re.compile(r"test-verify-token|verify-canary"),
    "an access token": re.compile(r"test-token|token-canary|sk-canary"),
    "a key's token": re.compile(r"\bll_[0-9a-f]{8}_[\w-]{20}"),
    "a customer's number": re.compile(r"4477009\d{5}"),
    "a planted word": re.compile(r"canary[0-9a-f]{32}"),
}
#: Shorter words of customers stand in too many lines by chance.
LEAST = 12


class Watch(logging.Handler):
    """Notes what it finds, by the logger that wrote the line; never the line itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter())
        self.found: list[str] = []
        self.words: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Looks through one line as it would be written."""
        lines = self.format(record).split("\n")
        line = "\n".join(one for one in lines if not one.startswith("    "))  # source code, which a traceback quotes
        held = [what for what, needle in NEEDLES.items() if needle.search(line)]
        if any(words in line for words in self.words):
            held.append("a customer's words")
        self.found += [f"{record.name} ({record.pathname}:{record.lineno}) wrote {what}" for what in held]

    def format(self, record: logging.LogRecord) -> str:
        """As an installation would write it, without the net that blots numbers out: nothing may rely on that."""
        with mock.patch("apps.tenants.logs.masked", str):
            return super().format(record)

    def begin(self) -> None:
        """A test begins. Some tests set the log up anew, which takes every other listener away."""
        self.found, self.words = [], set()
        root = logging.getLogger()
        if self not in root.handlers:
            root.addHandler(self)


watch = Watch()


def said(text: str) -> None:
    """A customer says this in the test that runs: from now on no line may hold it."""
    if len(text) >= LEAST and " " in text.strip():
        watch.words.add(text)


@pytest.fixture(autouse=True)
def _no_line_holds_a_secret() -> Iterator[None]:
    """Set up before everything else of the test and looked at after it."""
    watch.begin()
    yield
    if watch.found:
        pytest.fail("Lines of the log hold what they must not: " + "; ".join(sorted(set(watch.found))), pytrace=False)
