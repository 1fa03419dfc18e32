"""The listener of the log hears: else its silence during all other tests would say nothing."""

import logging

import pytest

from tests.canaries.log_lines import Watch, said, watch

LINES = [
    ("Asked with test-app-secret", "an app secret"),
    ("verify_token=test-verify-token", "a verify token"),
    ("Authorization: Bearer test-token", "an access token"),
    ("Could not reach +447700900123", "a customer's number"),
    ("It is canary0123456789abcdef0123456789abcdef", "a planted word"),
]


def heard(line: str, *, error: Exception | None = None, words: str = "") -> list[str]:
    """What a listener of its own notes about a line."""
    listener = Watch()
    listener.words = {words} - {""}
    info = (type(error), error, error.__traceback__) if error else None
    listener.handle(logging.LogRecord("apps.test", logging.INFO, "here.py", 7, line, (), info))
    return listener.found


@pytest.mark.parametrize(("line", "what"), LINES)
def test_a_line_with_a_secret_is_noted_without_it(line: str, what: str) -> None:
    assert heard(line) == [f"apps.test (here.py:7) wrote {what}"]


def test_an_errors_text_counts_as_an_installation_writes_it() -> None:
    """Which is not at all: the frames and types alone."""
    number = "447700900123"
    try:
        raise ValueError(f"no route to {number}")
    except ValueError as error:
        assert heard("It failed", error=error) == []


def test_a_customers_words_are_noted() -> None:
    assert heard("Cannot send My bicycle is broken", words="My bicycle is broken") == [
        "apps.test (here.py:7) wrote a customer's words"
    ]
    assert heard("Message 12 of workspace 3 was stored", words="My bicycle is broken") == []


def test_it_listens_to_every_test_from_the_root() -> None:
    said("My bicycle is broken")
    assert watch in logging.getLogger().handlers
    logging.getLogger("apps.any").warning("He says: My bicycle is broken")
    assert len(watch.found) == 1
    watch.found.clear()
