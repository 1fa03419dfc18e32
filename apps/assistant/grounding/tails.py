"""What stands right before and behind a number and says what it counts: a currency, a measure, a part of the day."""

import re
from dataclasses import dataclass

from apps.assistant.grounding.lexicon import (
    BEFORE_HOURS,
    BETWEEN,
    CENTS,
    CURRENCIES,
    NO_NOUNS,
    ORDINALS,
    TIMES_TEN,
    UNITS,
)


@dataclass(frozen=True, slots=True)
class Tail:
    """What is behind a number.

    `kind`: unit, currency, cents, percent, am, pm, clock, ordinal, times, code, noun, or "" for nothing.
    """

    kind: str
    value: str
    end: int


_PERCENT = re.compile(r"\s{0,2}(?:%|(?:percent|per cent|por ?cien(?:to)?|por ?cento|pct)\b)")
_MERIDIEM = re.compile(r"\s{0,2}([ap])\s?\.?\s?m\b\.?")
_PART_OF_DAY = re.compile(
    r"(?: horas?|h| h|:00)?,? (?:de la|da|de|por la|in the|at|en la|del|do) ?"
    r"(manana|madrugada|manha|morning|tarde|afternoon|evening|noche|noite|night|dia)\b"
)
_OCLOCK = re.compile(r"\s{0,2}(?:o' ?clock|oclock)\b")
_NEXT = re.compile(r"(\s{0,2}-?)([a-z]+2?|us\$|r\$|mx\$|[£€$¥₹¢])")
_AFTER = re.compile(r" ([a-z]+2?)")
_EARLY = frozenset({"manana", "madrugada", "manha", "morning"})
# Of a single letter only what is written right behind the digits is a measure.
_ATTACHED = frozenset({"k", "p"}) | ORDINALS


def tail(text: str, end: int) -> Tail:
    """What is behind the number that ends there."""
    if match := _PERCENT.match(text, end):
        return Tail("percent", "%", match.end())
    if match := _MERIDIEM.match(text, end):
        return Tail("am" if match.group(1) == "a" else "pm", "", match.end())
    if match := _PART_OF_DAY.match(text, end):
        return Tail("am" if match.group(1) in _EARLY else "pm", "", match.end())
    if match := _OCLOCK.match(text, end):
        return Tail("clock", "", match.end())
    match = _NEXT.match(text, end)
    if match is None or "\n" in match.group(1):
        return Tail("", "", end)
    return _of_word(text, match, end)


def _of_word(text: str, match: re.Match[str], end: int) -> Tail:
    word, attached = match.group(2), not match.group(1)
    if word in _ATTACHED and not attached:
        return Tail("noun" if word not in NO_NOUNS else "", word, end)
    for kind, table in (("unit", UNITS), ("currency", CURRENCIES), ("cents", CENTS)):
        if word in table:
            return Tail(kind, table[word], match.end())
    if word in TIMES_TEN:
        return Tail("times", str(TIMES_TEN[word]), match.end())
    if attached:
        return _attached(text, match, end)
    if word in BETWEEN and (after := _AFTER.match(text, match.end())) and after.group(1) in UNITS:
        return Tail("unit", UNITS[after.group(1)], after.end())
    return Tail("" if word in NO_NOUNS else "noun", word, end)


def _attached(text: str, match: re.Match[str], end: int) -> Tail:
    """`1st` is a number, `2x` too; `3O` and `4AP` are none."""
    word = match.group(2)
    if (word in ORDINALS or word == "x") and not text[match.end() : match.end() + 1].isalnum():
        return Tail("ordinal", "", match.end())
    rest = re.compile(r"[a-z\d]*").match(text, match.end())
    return Tail("code", "", rest.end() if rest else match.end())


def currency_before(text: str, start: int) -> str:
    """The code of the currency right before the number that starts there; empty without one."""
    before = text[max(start - 7, 0) : start].rstrip(" .")
    if not before:
        return ""
    if not before[-1].isalpha():
        signs = (before[-3:], before[-2:], before[-1])
        return next((CURRENCIES[sign] for sign in signs if sign[-1] in "£€$¥₹" and sign in CURRENCIES), "")
    code = before[-3:]
    alone = len(code) == 3 and not before[-4:-3].isalpha()
    return CURRENCIES.get(code, "") if alone else ""


def before_hour(text: str, start: int) -> bool:
    """Whether an hour may follow what is before: `at`, a dash, the beginning of a line."""
    before = text[max(start - 10, 0) : start]
    said = before.rstrip(" ")
    if not said or said[-1] in "(:|/•-\n":
        return True
    return before[-1] == " " and said.rstrip(".").rpartition(" ")[2].rpartition("\n")[2] in BEFORE_HOURS
