"""The mailbox: what the installation sent, as its recipient reads it."""

import time
from email import message_from_bytes, policy
from pathlib import Path

from tests.clocks import PATIENCE

#: What Django writes below each mail in its file, last of all.
WHOLE = b"-" * 79 + b"\n"


def letter_to(directory: Path, address: str) -> str:
    """The words of the newest mail to an address. Raises AssertionError when none comes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for file in sorted(directory.glob("*"), key=lambda file: file.stat().st_mtime_ns, reverse=True):
            written = file.read_bytes()
            letter = message_from_bytes(written, policy=policy.default)
            words = letter.get_body(("plain",)) if written.endswith(WHOLE) else None
            if words is not None and address in str(letter["To"]):
                return str(words.get_content())
        time.sleep(0.1)
    raise AssertionError(f"No mail came to {address}.")
