"""A value that is mentioned: what would support it, and what it supports where it stands in evidence.

Both are sets of keys. A key is a short string such as `n:39`, `p:39:GBP`, `t:540` or `mail:…`; equal keys are equal
values, however they were written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.assistant.grounding.verdict import Kind

#: Keys that must all stand in the evidence.
Need = frozenset[str]


@dataclass(frozen=True)
class Mention:
    """One value of a text. Any of `needs` supports it; it supports whatever needs one of `offers`."""

    kind: Kind
    text: str
    start: int
    end: int
    needs: tuple[Need, ...]
    offers: frozenset[str]


@dataclass(frozen=True)
class Locale:
    """How a business writes: whether the month comes first (None: nobody knows), and its phones' country code."""

    month_first: bool | None = None
    calling_code: str = ""


def any_of(keys: Iterable[str]) -> tuple[Need, ...]:
    """Each key alone supports it."""
    return tuple(frozenset({key}) for key in dict.fromkeys(keys))


def only(kind: Kind, written: str, start: int, key: str) -> Mention:
    """A value that only the same supports."""
    return Mention(kind, written, start, start + len(written), any_of([key]), frozenset({key}))
