"""Times of day. Owns which writings of an hour mean the same, and what stays open between morning and evening.

Keys: `t:540` nine in the morning; `am:540` written so that it may be twelve hours later too; `tw:540` written by the
twelve-hour clock.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from apps.assistant.grounding.values import Need, any_of
from apps.llm.language.words import word_set

NOON = 720
DAY = 1440
#: What a clock shows up to this hour may be after noon: nobody opens at 5:00, and few at 8:00 in the evening.
EARLIEST = 7
#: `half past nine`, `quarter to ten`; `nueve y media`, `dez menos cuarto`.
_PAST = re.compile(r"\b(half past|half|quarter past|quarter to) $")
_AND = re.compile(r" (y media|e meia|y cuarto|e um quarto|menos cuarto|menos um quarto)\b")
_SHIFT = {
    **{"half past": 30, "half": 30, "quarter past": 15, "quarter to": -15, "y media": 30, "e meia": 30},
    **{"y cuarto": 15, "e um quarto": 15, "menos cuarto": -15, "menos um quarto": -15},
}
_CLOCK = re.compile(r"(\d{1,2})[:h.](\d{2})(?::\d{2})?")
_FULL_DAY = re.compile(r"\b(?:1[3-9]|2[0-3])[:h]\d{2}|\b0\d[:h]\d{2}")
#: Without one of these neither noon nor midnight is named.
NAMES = word_set("noon midday mediodia medio meio midnight medianoche meia")
NAMED = re.compile(r"\b(noon|midday|mediodia|medio dia|meio-dia|meio dia|midnight|medianoche|meia-noite|meia noite)\b")


@dataclass(frozen=True, slots=True)
class Hour:
    """Minutes of the day. `open`: it may be twelve hours later; `spoken`: said as one says it, not as a clock shows.

    `movable`: the end of a span that may be after noon, as in `9:00 to 5:00`.
    """

    minutes: int
    open: bool = False
    twelve: bool = False
    spoken: bool = False
    movable: bool = False

    @property
    def needs(self) -> tuple[Need, ...]:
        """What supports it, each alone."""
        half = self.minutes % NOON
        if not self.open:
            return any_of((f"t:{self.minutes}", f"am:{half}"))
        later = (f"t:{(self.minutes + NOON) % DAY}",) if self.spoken else ()
        return any_of((f"t:{self.minutes}", f"tw:{half}", *later))

    @property
    def offers(self) -> frozenset[str]:
        """What it supports."""
        half = self.minutes % NOON
        return frozenset(
            [f"t:{self.minutes}", *([f"am:{half}"] if self.open else []), *([f"tw:{half}"] if self.twelve else [])]
        )

    def after_noon(self) -> "Hour":
        """The same, twelve hours later for sure."""
        return Hour(self.minutes % NOON + NOON, twelve=True)


def shows_full_day(text: str) -> bool:
    """Whether the text writes hours from 0 to 23, so that 9:00 is in the morning."""
    return _FULL_DAY.search(text) is not None


def shown(written: str, part: str, *, full_day: bool) -> Hour | None:
    """An hour as clocks show it, `9:30` or `9h30`; `part` is am, pm or ""."""
    match = _CLOCK.fullmatch(written)
    if match is None:
        return None
    hour, minute = int(match.group(1)), int(match.group(2))
    if hour > 24 or minute > 59:
        return None
    if part:
        return _of_half(hour, minute, part)
    clear = full_day or hour > 12 or match.group(1).startswith("0")
    late = not clear and hour <= EARLIEST
    return Hour((hour * 60 + minute) % DAY, open=late, twelve=not clear, movable=not clear)


def said(hour: int, part: str, shift: int = 0) -> Hour | None:
    """An hour as people say it: `nine`, `9 pm`, `half past nine`."""
    if hour > 24:
        return None
    if part:
        return _of_half(hour, shift, part)
    clear = hour > 12 or hour == 0
    return Hour((hour * 60 + shift) % DAY, open=not clear, twelve=not clear, spoken=True, movable=not clear)


def shift_at(text: str, start: int, end: int) -> tuple[int, int, int]:
    """Minutes that the words around an hour add, and where hour and words begin and end."""
    said = text.endswith(("past ", "half ", "quarter to "), max(start - 16, 0), start)
    if said and (match := _PAST.search(text[max(start - 16, 0) : start])):
        return _SHIFT[match.group(1)], start - len(match.group()), end
    if text.startswith((" y ", " e ", " menos "), end) and (match := _AND.match(text, end)):
        return _SHIFT[match.group(1)], start, match.end()
    return 0, start, end


def named(text: str) -> Iterable[tuple[int, int, str, Hour]]:
    """Noon and midnight: where, how written, and which."""
    for match in NAMED.finditer(text):
        late = match.group() in ("midnight", "medianoche", "meia-noite", "meia noite")
        yield match.start(), match.end(), match.group(), Hour(0 if late else NOON)


def _of_half(hour: int, minute: int, part: str) -> Hour | None:
    if hour > 12:
        return Hour((hour * 60 + minute) % DAY, twelve=True)
    return Hour((hour % 12 * 60 + minute + (NOON if part == "pm" else 0)) % DAY, twelve=True)
