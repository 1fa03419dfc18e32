"""Dates, months and weekdays. Owns which of their writings are the same day.

Keys: `d:07-05` a day of any year, `D:2026-07-05` of that year, `e:07-05` a day without year in the evidence, `y:2026` a
year that may be meant, `m:07` a month, `w:6` a Sunday.
"""

import re
from collections.abc import Sequence

from apps.assistant.grounding.lexicon import (
    BEFORE_MONTHS,
    DAY_GROUPS,
    DOUBTFUL_MONTHS,
    MONTHS,
    ORDINAL_DAYS,
    ORDINAL_WEEKDAYS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
    WEEKDAYS,
)
from apps.assistant.grounding.tails import currency_before
from apps.assistant.grounding.tokens import Token
from apps.assistant.grounding.values import Locale, Mention, Need, any_of
from apps.assistant.grounding.verdict import Kind

_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE_MONTH = re.compile(r"(?:st|nd|rd|th|o)?[ .-]{0,2}(?:of |de |do |del )?")
_AFTER_MONTH = re.compile(r"[.,]?[ -](?:the )?")
_NOT_A_DAY = re.compile(r"(?:st|nd|rd|th)?(?:[:.,]?\d|\s?(?:[ap]\.?m\b|h\b|%|[£€$]))")
#: `It costs 30. May I …`: the word is no month.
_ASKING = re.compile(r" (?:i|we|you|it|he|she|they|the|your|this|that|be|not|also|have)\b")
_ORDINAL_DAY = re.compile(rf"\b({'|'.join(ORDINAL_DAYS)}) (?:of |de )?$")
_YEAR = re.compile(r"(?:st|nd|rd|th)?[.,]?(?: (?:de |del |do |of )?|[-/])((?:19|20)\d{2})\b(?!\.\d)")
_RANGE = re.compile(r"(?:st|nd|rd|th|o)?\s?(?:-|/|,|to|and|until|till|a|al|ao|y|e|ate|hasta|or|o|ou)\s?(?:the |el )?")
_DAYS_RANGE = re.compile(r"\.?\s?(?:-|to|until|through|thru|till|a|ate|hasta|al)\s?")
_BESIDE = re.compile(r"[.,:]?\s?(?:[-/&]|to|and|a|e|y)?\s?")


def day(kind_year: int | None, month: int, number: int) -> tuple[tuple[Need, ...], frozenset[str]]:
    """What supports a day, and what it supports."""
    short = f"{month:02}-{number:02}"
    if kind_year is None:
        return any_of([f"d:{short}"]), frozenset({f"d:{short}", f"e:{short}", f"m:{month:02}", f"n:{number}"})
    full, year = f"D:{kind_year}-{short}", f"y:{kind_year}"
    needs = (frozenset({full}), frozenset({f"e:{short}", year}))
    return needs, frozenset({full, year, f"d:{short}", f"m:{month:02}", f"n:{number}", f"n:{kind_year}"})


def is_day(month: int, number: int) -> bool:
    """Whether there is such a day."""
    return 1 <= month <= 12 and 1 <= number <= _LENGTHS[month - 1]


def numeric(first: int, second: int, year: int | None, locale: Locale) -> tuple[tuple[Need, ...], frozenset[str]]:
    """`5/7`: the day first, or the month where it comes first; both readings where nobody knows."""
    readings = [(second, first), (first, second)] if not locale.month_first else [(first, second), (second, first)]
    valid = [reading for reading in dict.fromkeys(readings) if is_day(*reading)]
    if locale.month_first is not None:
        valid = valid[:1]
    needs: tuple[Need, ...] = ()
    offers: frozenset[str] = frozenset()
    for month, number in valid:
        more, other = day(year, month, number)
        needs, offers = needs + more, offers | other
    return needs, offers


def written(token: Token, locale: Locale) -> Mention | None:
    """A date in digits with its year: `2026-07-05`, `5.7.2026`, `05/07/26`."""
    parts = [int(part) for part in re.findall(r"\d+", token.text)]
    if token.form == "iso":
        needs, offers = day(parts[0], parts[1], parts[2]) if is_day(parts[1], parts[2]) else ((), frozenset())
    else:
        year = parts[2] + 2000 if parts[2] < 100 else parts[2]
        needs, offers = numeric(parts[0], parts[1], year, locale)
    if not needs:
        key = frozenset({f"n:{token.text}"})
        needs, offers = (key,), key
    return Mention(Kind.DATE, token.text, token.start, token.end, needs, offers)


def months(text: str, tokens: Sequence[Token]) -> tuple[list[Mention], set[int]]:
    """Days with a month's name, and months alone; and the starts of the numbers that are used up by them."""
    found: list[Mention] = []
    used: set[int] = set()
    for place, token in enumerate(tokens):
        if token.form in ("month", "both"):
            days, end = _days_of(text, tokens, place)
            month = MONTHS.get(token.text) or SHORT_MONTHS[token.text]
            days = [one for one in days or _ordinal_day(text, token) if is_day(month, int(one.amounts[0]))]
            if days:
                found += _with_year(text, token, month, days, end)
                used |= {one.start for one in tokens if days[0].start <= one.start < found[-1].end}
            elif _counts_alone(text, token):
                key = f"m:{month:02}"
                found.append(Mention(Kind.DATE, token.text, token.start, token.end, any_of([key]), frozenset({key})))
    return found, used


def weekdays(text: str, tokens: Sequence[Token]) -> tuple[list[Mention], frozenset[str]]:
    """Names of weekdays, and what ranges and words for several days support beside them."""
    found: list[Mention] = []
    facts: set[str] = set()
    days = [token for token in tokens if token.form in ("day", "both")]
    for place, token in enumerate(days):
        if token.text in DAY_GROUPS:
            facts |= {f"w:{one}" for one in DAY_GROUPS[token.text]}
            continue
        number = _weekday(token.text)
        after = days[place + 1] if place + 1 < len(days) else None
        if after and after.text not in DAY_GROUPS and _DAYS_RANGE.fullmatch(_gap(text, token, after)):
            facts |= {f"w:{(number + step) % 7}" for step in range((_weekday(after.text) - number) % 7 + 1)}
        facts.add(f"w:{number}")
        if _is_weekday(text, token, days, place):
            key = f"w:{number}"
            found.append(Mention(Kind.DATE, token.text, token.start, token.end, any_of([key]), frozenset({key})))
    return found, frozenset(facts)


def _days_of(text: str, tokens: Sequence[Token], place: int) -> tuple[list[Token], int]:
    """The numbers of a month's days, before its name (`5-7 July`) or behind it (`July 5`), and where they end."""
    month = tokens[place]
    days: list[Token] = []
    gap, right = _BEFORE_MONTH, month
    for token in reversed(tokens[max(place - 4, 0) : place]):
        if not _may_be_day(token) or not gap.fullmatch(text[token.end : right.start]):
            break
        if currency_before(text, token.start) or _begins_a_question(text, token, month):
            break
        days.insert(0, token)
        gap, right = _RANGE, token
    if days:
        return days, month.end
    gap, left = _AFTER_MONTH, month
    for token in tokens[place + 1 : place + 4]:
        if not _may_be_day(token) or not gap.fullmatch(text[left.end : token.start]):
            break
        if _NOT_A_DAY.match(text, token.end):
            break
        days.append(token)
        gap, left = _RANGE, token
    return days, left.end


def _begins_a_question(text: str, number: Token, month: Token) -> bool:
    """`30. may i`, where the number ends the sentence before."""
    ended = "." in text[number.end : month.start]
    return ended and month.text in DOUBTFUL_MONTHS and _ASKING.match(text, month.end) is not None


def _ordinal_day(text: str, month: Token) -> list[Token]:
    match = _ORDINAL_DAY.search(text[max(month.start - 16, 0) : month.start])
    if match is None:
        return []
    start = month.start - len(match.group())
    return [Token("spelled", match.group(1), start, start + len(match.group(1)), (str(ORDINAL_DAYS[match.group(1)]),))]


def _may_be_day(token: Token) -> bool:
    return token.form in ("digits", "spelled") and bool(token.amounts) and token.amounts[0] in _DAY_NUMBERS


_DAY_NUMBERS = frozenset(map(str, range(1, 32)))


def _with_year(text: str, month: Token, number: int, days: list[Token], end: int) -> list[Mention]:
    match = _YEAR.match(text, end)
    year = int(match.group(1)) if match else None
    start, end = min(days[0].start, month.start), match.end() if match else max(days[-1].end, month.end)
    written = text[start:end]
    mentions = []
    for one in days:
        needs, offers = day(year, number, int(one.amounts[0]))
        mentions.append(Mention(Kind.DATE, written, one.start, end, needs, offers))
    return mentions


def _counts_alone(text: str, token: Token) -> bool:
    if token.text not in MONTHS:
        return False
    before = text[max(token.start - 12, 0) : token.start].split()
    return token.text not in DOUBTFUL_MONTHS or (bool(before) and before[-1] in BEFORE_MONTHS)


def _is_weekday(text: str, token: Token, days: Sequence[Token], place: int) -> bool:
    """Whether a word that may be another one is a weekday here."""
    if token.text in WEEKDAYS and token.text not in ORDINAL_WEEKDAYS:
        return True
    if token.text in ORDINAL_WEEKDAYS and re.compile(r"[ -]feiras?\b").match(text, token.end):
        return True
    neighbours = [*days[max(place - 1, 0) : place], *days[place + 1 : place + 2]]
    if any(_BESIDE.fullmatch(_gap(text, token, other)) for other in neighbours):
        return True
    return token.text in SHORT_WEEKDAYS and re.compile(r"[.,:]? ?\d").match(text, token.end) is not None


def _gap(text: str, one: Token, other: Token) -> str:
    left, right = sorted((one, other), key=lambda token: token.start)
    return re.sub(r"^[ -]feiras?", "", text[left.end : right.start])


def _weekday(word: str) -> int:
    return WEEKDAYS[word] if word in WEEKDAYS else SHORT_WEEKDAYS[word]
