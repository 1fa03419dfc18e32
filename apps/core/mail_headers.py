"""Words of people where only one harmless line may stand: an e-mail's subject, and names that strangers read."""

import re
import unicodedata

#: What a mail program would decode once more, whatever it holds (RFC 2047, “encoded-word”).
_ENCODED = re.compile(r"=\?(?=[^?\s]+\?[bqBQ]\?)")
#: Characters that control a terminal or the direction of writing.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
#: What makes of a name an address, of a page or a mailbox, or a number.
_ADDRESS = re.compile(r"[/@\\<>]|\.\w\w|\d{6}")
LONGEST_NAME = 60


def one_line(text: str) -> str:
    """The text on one line, without control characters, and with nothing in it that a reader's program decodes."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return _ENCODED.sub("= ?", " ".join(printable.split()))


def name_alone(name: str) -> str:
    """The name that somebody chose for themselves, cut short; empty when it is none: when it could lead somewhere."""
    seen = " ".join(_UNSEEN.sub(" ", name).split())[:LONGEST_NAME].rstrip()
    return "" if _ADDRESS.search(seen) else seen
