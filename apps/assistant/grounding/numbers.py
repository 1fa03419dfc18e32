"""Numbers with what they count. Owns which of a price, a measure, a percentage and a bare number support one another.

Keys: `n:39` the number, `x:39` of money or in a hundred, `b:39` without a measure, `k:39` with nothing behind it and
`q:39` the same in a text about money, `u:2:hour` a measure, `U:hour` a measure that is spoken of, `p:39:GBP` a price,
`cur:GBP` a currency that is spoken of, `%:60` a percentage.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.assistant.grounding.amounts import normal, scaled
from apps.assistant.grounding.hours import Hour
from apps.assistant.grounding.lexicon import FAMILIES, LOOSE_UNITS
from apps.assistant.grounding.values import Mention, Need, any_of
from apps.assistant.grounding.verdict import Kind

_JOINED = re.compile(r"\s?(?:-|to|a|al|y|e|or|o|ou|and|,|/|until|x)\s?(?:[£€$¥]|r\$)?\s?")
_TIGHT = re.compile(r"\s?(?:-|to|a|al|y|e|o|ou|or|and)\s?")


@dataclass(slots=True)
class Number:
    """A number while its neighbours are read: what it counts may be said of the next one only."""

    start: int
    end: int
    amounts: tuple[str, ...]
    text: str
    currency: str = ""
    unit: str = ""
    percent: bool = False
    noun: bool = False
    hour: Hour | None = None
    is_hour: bool = False  # an hour and no other number
    extra: tuple[Need, ...] = ()
    more: frozenset[str] = frozenset()

    @property
    def naked(self) -> bool:
        """Whether nothing says what it counts."""
        return not (self.currency or self.unit or self.percent or self.noun or self.is_hour)


def share(numbers: list[Number], text: str) -> None:
    """`30-40 €` are two prices, `2, 4 or 8 hours` three measures; `£30-40` too."""
    for left, right in zip(numbers[-2::-1], numbers[:0:-1], strict=False):
        gap = text[left.end : right.start]
        if left.naked and len(gap) < 8 and _JOINED.fullmatch(gap):
            if not gap.strip().endswith(tuple("£€$¥")):
                left.currency, left.percent = right.currency, right.percent
            left.unit = right.unit
    for left, right in zip(numbers, numbers[1:], strict=False):
        gap = text[left.end : right.start]
        if left.currency and right.naked and len(gap) < 8 and _TIGHT.fullmatch(gap):
            right.currency = left.currency


def mention(number: Number, *, about_money: bool) -> Mention:
    """What supports the number, and what it supports."""
    kind = Kind.PRICE if number.currency else Kind.TIME if number.is_hour else Kind.NUMBER
    needs = _needs(number)
    return Mention(kind, number.text, number.start, number.end, needs, _offers(number, about_money=about_money))


def _needs(number: Number) -> tuple[Need, ...]:
    amounts = number.amounts
    if number.is_hour and number.hour:
        return number.hour.needs
    if number.currency:
        code = number.currency
        written_with = ("$",) if "some$" in FAMILIES.get(code, ()) and code != "$" else ()
        exact = [f"p:{one}:{by}" for one in amounts for by in (("some$",) if code == "$" else (code, *written_with))]
        return (*any_of(exact), *(frozenset({f"q:{one}", f"cur:{code}"}) for one in amounts))
    if number.percent:
        return any_of(f"%:{one}" for one in amounts)
    if number.unit:
        return (*_measure_needs(number), *number.extra)
    if number.hour and not number.noun:  # `at nine` is not said of £9
        return (*number.hour.needs, *any_of(f"b:{one}" for one in amounts), *number.extra)
    bare = () if number.noun else any_of(f"x:{one}" for one in amounts)
    return (*any_of(f"n:{one}" for one in amounts), *bare, *number.extra)


def _measure_needs(number: Number) -> Iterable[Need]:
    unit = number.unit
    yield from any_of(f"u:{one}:{unit}" for one in number.amounts)
    yield from (frozenset({f"k:{one}", f"U:{unit}"}) for one in number.amounts)
    if unit in LOOSE_UNITS:
        yield from any_of(f"b:{one}" for one in number.amounts)
    if "1" in number.amounts:
        yield frozenset({f"one:{unit}"})


def _offers(number: Number, *, about_money: bool) -> frozenset[str]:
    offers = set(number.more)
    if number.hour:
        offers |= number.hour.offers
    if number.is_hour:
        return frozenset(offers)
    for one in number.amounts:
        offers.add(f"x:{one}" if number.currency or number.percent else f"n:{one}")
        if number.currency:
            offers |= _price(one, number.currency)
        elif number.unit:
            offers |= {f"u:{one}:{number.unit}", f"U:{number.unit}"}
        elif number.percent:
            offers.add(f"%:{one}")
        else:
            offers |= {f"b:{one}", *([f"y:{one}"] if len(one) == 4 else [])}
        if number.naked:
            offers |= {f"k:{one}", *([f"q:{one}"] if about_money else [])}
    return frozenset(offers)


def _price(amount: str, code: str) -> set[str]:
    names = (code, *FAMILIES.get(code, ()))
    prices = {f"p:{amount}:{name}" for name in names} | {f"cur:{name}" for name in names}
    small = amount.replace(".", "", 1).isdigit() and Decimal(amount) < 1
    return prices | ({f"p:{amount}:cent"} if small else set())


def hundredth(amount: str) -> str:
    """Of so many cents."""
    return scaled(amount, Decimal("0.01"))


def of_words(text: str) -> str:
    """A fraction as an amount: `1/2` is 0.5."""
    above, below = map(int, text.split("/"))
    return normal((Decimal(above) / Decimal(below)).quantize(Decimal("0.0001"))) if below else text
