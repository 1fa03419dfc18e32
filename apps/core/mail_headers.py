"""Words of people where only one harmless line may stand: an e-mail's subject."""

import re
import unicodedata

#: What a mail program would decode once more, whatever it holds (RFC 2047, “encoded-word”).
_ENCODED = re.compile(r"=\?(?=[^?\s]+\?[bqBQ]\?)")


def one_line(text: str) -> str:
    """The text on one line, without control characters, and with nothing in it that a reader's program decodes."""
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text)
    return _ENCODED.sub("= ?", " ".join(printable.split()))
