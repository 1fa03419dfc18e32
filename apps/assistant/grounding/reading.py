"""All values of a text, of a reply as of evidence: the same words mean the same on both sides.

What was read of a text is kept: passages and personas come back with every turn.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from apps.assistant.grounding import days, figures, hours
from apps.assistant.grounding.lexicon import AS_GOOD_AS_FREE, CURRENCIES, FAMILIES, PRICE_WORDS, SINGULAR, UNITS
from apps.assistant.grounding.links import links
from apps.assistant.grounding.numbering import numbering
from apps.assistant.grounding.numbers import Number, mention, share
from apps.assistant.grounding.plain import bare, plain
from apps.assistant.grounding.tokens import Token, tokens, words_of
from apps.assistant.grounding.values import Locale, Mention
from apps.assistant.grounding.wordings import wordings

#: Texts whose values are kept.
KEPT = 2048
_ADVERBS = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month"}


@dataclass(frozen=True)
class Reading:
    """The values of a text, and everything it supports as evidence. `flat` is the text in which they were found."""

    mentions: tuple[Mention, ...]
    facts: frozenset[str]
    flat: str


@lru_cache(maxsize=KEPT)
def read(text: str, locale: Locale) -> Reading:
    """What stands in the text."""
    found, rest = links(plain(text))
    flat = bare(rest)
    if not flat.strip():
        return Reading(tuple(found), _offered(found), flat)
    pieces = tokens(flat)
    dates, used = days.months(flat, pieces)
    week, facts = days.weekdays(flat, pieces)
    words = words_of(flat)
    numbers = [piece for piece in pieces if piece.start not in used and piece.form not in ("day", "month", "both")]
    found += [*dates, *week, *_numbers(flat, numbers, locale, words), *wordings(flat, words)]
    found.sort(key=lambda one: one.start)
    return Reading(tuple(found), _offered(found) | facts | _spoken_of(flat, words), flat)


def _offered(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset().union(*(one.offers for one in mentions))


def _numbers(text: str, pieces: Sequence[Token], locale: Locale, words: frozenset[str]) -> Iterator[Mention]:
    about_money = bool(words & PRICE_WORDS or words & CURRENCIES.keys())
    full_day = hours.shows_full_day(text)
    plain_numbers: list[Number] = []
    for token, after in _counting(text, pieces):
        found = _figure(text, token, after, locale) or figures.number(text, token, full_day=full_day, locale=locale)
        if isinstance(found, Number):
            plain_numbers.append(found)
        else:
            yield found
    share(plain_numbers, text)
    _spans(plain_numbers, text)
    yield from (mention(number, about_money=about_money) for number in plain_numbers)


def _counting(text: str, pieces: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    """The numbers that say something, each with the one behind it where both are one value: `5/7`."""
    skipped = numbering(text)
    until = 0
    for token, after in zip_longest(pieces, pieces[1:]):
        together = after is not None and figures.is_pair(text, token, after)
        if token.start < until or token.start in skipped:
            continue  # `15 por ciento` is one number, and `2 mil` another
        until = after.end if together and after else figures.end_of(text, token)
        if not text.startswith("24/7", token.start):
            yield token, after if together else None


def _figure(text: str, token: Token, after: Token | None, locale: Locale) -> Mention | None:
    """What is no number although it has digits."""
    if token.form in ("iso", "date"):
        return days.written(token, locale)
    if token.form == "phone":
        return figures.phone(text, token, locale)
    if token.form == "code":
        return figures.code(token.text, token.start)
    return figures.pair(text, token, after, locale) if after else None


def _spans(numbers: Sequence[Number], text: str) -> None:
    """In `9:00 to 5:00` the second is after noon."""
    for left, right in zip(numbers, numbers[1:], strict=False):
        if left.hour is None or right.hour is None or not figures.HOUR_SPAN.fullmatch(text[left.end : right.start]):
            continue
        if right.hour.movable and right.hour.minutes <= left.hour.minutes:
            right.hour = right.hour.after_noon()


def _spoken_of(text: str, words: frozenset[str]) -> frozenset[str]:
    """What is named without a number: a measure, one of it, a currency, that something costs nothing."""
    facts = {f"U:{UNITS[word]}" for word in words & UNITS.keys()}
    facts |= {f"one:{UNITS.get(word) or _ADVERBS[word]}" for word in words & SINGULAR}
    for word in words & CURRENCIES.keys():
        code = CURRENCIES[word]
        facts |= {f"cur:{name}" for name in (code, *FAMILIES.get(code, ()))}
    if words & AS_GOOD_AS_FREE:
        facts.add("free")
    if "todos los dias" in text or "todos os dias" in text or "every day" in text:
        facts |= {f"w:{day}" for day in range(7)}
    if "fin de semana" in text or "fim de semana" in text or "fines de semana" in text or "fins de semana" in text:
        facts |= {"w:5", "w:6"}
    return frozenset(facts)
