"""Phone numbers by their digits. Owns the country code that one writes and another leaves out.

Keys: `tel:+442079460958` as dialled from anywhere, `tel:2079460958` from within its country.
"""

import re
from functools import cache

import phonenumbers

LEAST_DIGITS = 7
_TRUNK = re.compile(r"\(0\)")


def keys(written: str, calling_code: str) -> tuple[str, frozenset[str]]:
    """What supports a number, and all it supports; "" when it has too few digits."""
    text = _TRUNK.sub("", written.strip())
    digits = re.sub(r"\D", "", text)
    if len(digits) < LEAST_DIGITS or len(digits) > 15:
        return "", frozenset()
    if text.lstrip("( ").startswith("+") or digits.startswith("00"):
        return _international(digits.lstrip("0"))
    national = digits.lstrip("0")
    offers = {f"tel:{national}"}
    if calling_code:
        offers.add(f"tel:+{calling_code}{national}")
        if national.startswith(calling_code) and len(national) > len(calling_code) + LEAST_DIGITS:
            offers |= _international(national)[1]
    return f"tel:{national}", frozenset(offers)


def _international(digits: str) -> tuple[str, frozenset[str]]:
    code = next((digits[:size] for size in (1, 2, 3) if digits[:size] in _calling_codes()), "")
    national = digits[len(code) :].lstrip("0")
    key = f"tel:+{code}{national}"
    # As WhatsApp writes it, the country code without its plus.
    return key, frozenset({key, f"tel:{national}", f"tel:{code}{national}"})


@cache
def _calling_codes() -> frozenset[str]:
    return frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))


@cache
def calling_code(region: str | None) -> str:
    """The country code of a region; empty for none."""
    code = phonenumbers.country_code_for_region(region) if region else 0
    return str(code) if code else ""
