"""What a written number is worth. `1,234.50` and `1.234,50` are the same; `1.234` may be either of two.

Amounts are texts in one form (`39`, `1234.5`), so that they are compared as they stand.
"""

import re
from decimal import Decimal
from functools import lru_cache

#: Of a longer run of digits nothing is computed: it is compared as it stands.
MOST_DIGITS = 24
_GROUPED = re.compile(r"\d{1,3}(?:[.,' ]\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d{1,2})?")


@lru_cache(maxsize=4096)
def amounts(written: str) -> tuple[str, ...]:
    """Every amount that these digits with their separators may be, the likeliest first; none for `1.2.3`."""
    text = written.replace("'", "").replace(" ", "")
    marks = [char for char in text if char in ".,"]
    if not marks:
        return (_one(text),)
    last = marks[-1]
    whole, _, part = text.rpartition(last)
    plain_whole = whole.replace(".", "").replace(",", "")
    grouped = _GROUPED.fullmatch(text) is not None and len(set(marks)) == 1
    if len(set(marks)) == 2 and marks.count(last) == 1:
        return (_one(f"{plain_whole}.{part}"),)
    if len(marks) > 1:
        return (_one(plain_whole + part),) if grouped else ()
    decimal = _one(f"{whole}.{part}")
    return (_one(whole + part), decimal) if grouped and not whole.startswith("0") else (decimal,)


def is_grouped(written: str) -> bool:
    """Whether the spaces in it part its thousands: `1 234` but not `3 9`."""
    return _SPACED.fullmatch(written) is not None


def scaled(amount: str, by: Decimal | int) -> str:
    """The amount so many times."""
    return normal(Decimal(amount) * by)


def normal(number: Decimal) -> str:
    """`39.00` gives `39`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def _one(text: str) -> str:
    if len(text) > MOST_DIGITS:
        return text
    return normal(Decimal(text))
