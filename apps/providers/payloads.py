"""Reading what a vendor posts: JSON of any shape becomes values that can be stored and safely looked at.

Owns the cleaning of text (no NUL, no lone surrogate, no number that JSON lacks) and the readers that turn a
value of the wrong type into an empty one. Nothing here raises but UnreadableBody and Malformed.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.providers.base import UnreadableBody

MAX_DEPTH = 64  # levels of nesting; vendors stay under 12
_LONGEST_NUMBER = 100  # digits; a longer one is kept as text
_EARLIEST = datetime(2009, 1, 1, tzinfo=UTC).timestamp()  # WhatsApp's first year
_MILLISECONDS_FROM = 100_000_000_000  # as seconds this is the year 5138

_SURROGATE = re.compile("[\ud800-\udfff]")


class Malformed(ValueError):
    """A part of a payload lacks what makes it one. The message is for staff and quotes no customer."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`, cleaned. Raises UnreadableBody."""
    try:
        value = json.loads(
            body.decode("utf-8-sig", "replace"),
            strict=False,  # raw control characters inside texts are let in; NUL is cleaned away below
            parse_int=_integer,
            parse_float=_number,
            parse_constant=lambda name: None,  # NaN and Infinity, which JSON does not know
        )
    except RecursionError:
        raise UnreadableBody("The body is nested too deeply.") from None
    except ValueError:
        raise UnreadableBody("The body is not JSON.") from None
    if not isinstance(value, dict):
        raise UnreadableBody("The body is JSON, but not an object.")
    cleaned: dict[str, Any] = _clean(value, MAX_DEPTH)
    return cleaned


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else digits


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _clean(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise UnreadableBody("The body is nested too deeply.")
    if isinstance(value, list):
        return [_clean(item, levels - 1) for item in value]
    return {clean_text(key): _clean(item, levels - 1) for key, item in value.items()}


def clean_text(text: str) -> str:
    """The text as PostgreSQL can store it: no NUL; a lone surrogate becomes U+FFFD. All else stays."""
    return _SURROGATE.sub("\ufffd", text.replace("\x00", ""))


def as_object(value: Any) -> Mapping[str, Any]:
    """The value when it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list, without whatever else is in it."""
    return [item for item in value if isinstance(item, dict) and item] if isinstance(value, list) else []


def as_text(value: Any) -> str:
    """The value when it is text, else ""."""
    return value if isinstance(value, str) else ""


def as_id(value: Any) -> str:
    """An identifier, which some senders write as a number; "" when there is none."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return as_text(value).strip()


def as_coordinate(value: Any, limit: float) -> float:
    """A number between -limit and limit, also when written as text. Raises Malformed."""
    try:
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= limit:  # so written that NaN fails too
        raise Malformed("a location without coordinates")
    return number


def as_instant(value: Any) -> datetime | None:
    """A moment from seconds or milliseconds since 1970; None when it makes no sense (1970, next year)."""
    digits = as_id(value)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 18):
        return None
    seconds = int(digits) / (1000 if int(digits) >= _MILLISECONDS_FROM else 1)
    latest = datetime.now(UTC) + timedelta(days=1)
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST <= seconds <= latest.timestamp() else None


def only_given(**values: Any) -> dict[str, Any]:
    """A dict without the values that say nothing: None, "" and False."""
    return {key: value for key, value in values.items() if value is not None and value is not False and value != ""}
