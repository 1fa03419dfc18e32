"""Replies for `bench.grounding`, made from a seed: what a business knows, what its customers ask, what a model says.

In three languages and of every kind of value. A right reply writes a value of its article in another way; a wrong one
states a value that stands in no article at all, plainly or in a disguise.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bench.wordings import ARTICLES, HARMLESS, MONTHS, QUESTIONS, REPLIES, TENS

KINDS = ("number", "price", "date", "time", "url", "phone", "email")
LANGUAGES = ("en", "es", "pt")
#: Of the right replies every so manieth states nothing of the business.
HARMLESS_EVERY = 8
#: Of the planted ones every so manieth is right at the second try; the others are wrong twice.
MENDED_EVERY = 3
OPENS, CLOSES = ((8, 30), (9, 0), (9, 30), (10, 0)), ((17, 0), (18, 0), (18, 30), (19, 0))
#: What a date without its year may mean.
YEAR = date.today().year + 1
#: Neither in the morning nor in the evening does an article say one of these.
NEVER = ((7, 15), (11, 45), (12, 40), (13, 0), (14, 20), (15, 0), (16, 5), (20, 0), (22, 10), (23, 50))
SYMBOLS: Mapping[str, tuple[str, str]] = {"GBP": ("£", "pounds libras libras"), "EUR": ("€", "euros euros euros")}


@dataclass(frozen=True)
class Facts:
    """The values of one article."""

    name: str
    kilograms: int
    price: int
    currency: str
    day: tuple[int, int]  # month, day
    opens: tuple[int, int]
    closes: tuple[int, int]
    phone: str
    slug: str


@dataclass(frozen=True)
class Case:
    """A customer, what they ask, and what the model answers at first and at the second try."""

    kind: str
    language: str
    name: str
    article: str
    question: str
    first: str
    second: str
    planted: bool

    @property
    def mended(self) -> bool:
        """Whether the second try of a planted one is right."""
        return self.planted and self.first != self.second and "\u2063" not in self.second


def cases(seed: int, count: int) -> list[Case]:
    """So many planted and so many right ones."""
    dice = random.Random(seed)  # noqa: S311  # no secret
    facts = _facts(dice, 2 * count)
    return [_case(dice, place, facts, planted=place < count) for place in range(2 * count)]


def _facts(dice: random.Random, count: int) -> list[Facts]:
    names = _names(dice, count)
    phones = dice.sample(range(1000), min(count, 500))
    return [
        Facts(
            name=name,
            kilograms=2 * dice.randrange(60, 200),
            price=dice.randrange(13, 90, 2),
            currency=dice.choice(tuple(SYMBOLS)),
            day=(dice.randrange(1, 13), dice.randrange(2, 29, 2)),
            opens=dice.choice(OPENS),
            closes=dice.choice(CLOSES),
            phone=f"2079460{phones[place % len(phones)]:03}",
            slug=name.lower(),
        )
        for place, name in enumerate(names)
    ]


def _names(dice: random.Random, count: int) -> list[str]:
    """Made-up names, none of which is a part of another."""
    names: dict[str, None] = {}
    while len(names) < count:
        names["".join(dice.choice("bdfgklmnprstvz") + dice.choice("aeiou") for _ in range(4)).capitalize()] = None
    return list(names)


def _case(dice: random.Random, place: int, all_facts: Sequence[Facts], *, planted: bool) -> Case:
    facts = all_facts[place]
    kind, language = KINDS[place % len(KINDS)], LANGUAGES[place % len(LANGUAGES)]
    article = _article(dice, facts, dice.choice(LANGUAGES))
    question = QUESTIONS[language].format(name=facts.name)
    if not planted and place % HARMLESS_EVERY == 0:
        said = dice.choice(HARMLESS[language])
        return Case("none", language, facts.name, article, question, said, said, planted=False)
    right = _reply(language, kind, facts.name, _right(dice, kind, facts, language))
    if not planted:
        return Case(kind, language, facts.name, article, question, right, right, planted=False)
    first = _reply(language, kind, facts.name, _wrong(dice, kind, facts, all_facts, language))
    # An invisible mark at the end tells a second wrong one from a right one; it means nothing to anybody.
    again = _reply(language, kind, facts.name, _wrong(dice, kind, facts, all_facts, language)) + "\u2063"
    second = right if place % MENDED_EVERY == 0 else again
    return Case(kind, language, facts.name, article, question, first, second, planted=True)


def _article(dice: random.Random, facts: Facts, language: str) -> str:
    values = {kind: _right(dice, kind, facts, language) for kind in KINDS}
    return ARTICLES[language].format(
        name=facts.name,
        opens=_clock(dice, facts.opens, language),
        closes=_clock(dice, facts.closes, language),
        **values,
    )


def _reply(language: str, kind: str, name: str, value: str) -> str:
    return REPLIES[language][kind].format(name=name, value=value)


def _right(dice: random.Random, kind: str, facts: Facts, language: str) -> str:
    made: Mapping[str, Callable[[], str]] = {
        "number": lambda: dice.choice((f"{facts.kilograms} kg", f"{facts.kilograms} kilos", f"{facts.kilograms}kg")),
        "price": lambda: _price(dice, facts.price, facts.currency, language),
        "date": lambda: _day(dice, facts.day, language),
        "time": lambda: _clock(dice, facts.opens, language),
        "url": lambda: dice.choice(
            ("https://www.{0}.example/rent", "{0}.example/rent", "www.{0}.example/rent/")
        ).format(facts.slug),
        "phone": lambda: _phone(dice, facts.phone),
        "email": lambda: dice.choice(("info@{}.example", "Info@{}.example", "INFO@{}.EXAMPLE")).format(facts.slug),
    }
    return made[kind]()


def _wrong(dice: random.Random, kind: str, facts: Facts, others: Sequence[Facts], language: str) -> str:
    """A value that no article has: articles have odd prices, even weights and even days."""
    month, day = facts.day
    made: Mapping[str, Callable[[], str]] = {
        "number": lambda: f"{_disguised(dice, str(facts.kilograms + dice.choice((-1, 1, 11, 1000))))} kg",
        "price": lambda: _wrong_price(dice, facts, others, language),
        "date": lambda: _day(dice, (month, day + dice.choice((-1, 1))), language),
        "time": lambda: _shown(dice, dice.choice(NEVER)),
        "url": lambda: dice.choice(
            (
                "https://{0}.example/free",
                "{0}.com",
                "www.{0}-rent.example",
                "https://{0}.example.evil.net/rent",
                "{1}.example",
            )
        ).format(facts.slug, facts.slug.replace("a", "а").replace("o", "о").replace("e", "е").replace("i", "і") + "х"),
        "phone": lambda: _phone(dice, facts.phone[:-4] + str(dice.randrange(1, 9)) + facts.phone[-3:]),
        "email": lambda: dice.choice(("sales@{}.example", "info@{}.com", "info@{}s.example")).format(facts.slug),
    }
    return made[kind]()


def _wrong_price(dice: random.Random, facts: Facts, others: Sequence[Facts], language: str) -> str:
    symbol = SYMBOLS[facts.currency][0]
    taken = {(one.price, one.currency) for one in others}
    swapped = "EUR" if facts.currency == "GBP" else "GBP"
    ways = [
        lambda: _price(dice, facts.price + dice.choice((-1, 1, 7)), facts.currency, language),
        lambda: f"{symbol}{_disguised(dice, str(facts.price + 1))}",
        lambda: f"{symbol}{facts.price}0",
        lambda: f"{symbol}{facts.price}.50",
        lambda: f"${facts.price}",
    ]
    if (facts.price, swapped) not in taken:
        ways.append(lambda: f"{facts.price} {swapped}")
    return dice.choice(ways)()


def _price(dice: random.Random, amount: int, currency: str, language: str) -> str:
    symbol, words = SYMBOLS[currency]
    word = words.split()[LANGUAGES.index(language)]
    return dice.choice(
        (
            f"{symbol}{amount}",
            f"{amount} {symbol}",
            f"{amount}.00 {currency}",
            f"{symbol}{amount},00",
            f"{_spelled(amount, language)} {word}",
            f"{amount} {word}",
        )
    )


def _spelled(amount: int, language: str) -> str:
    """From 11 to 99 in words, where that is one word or two."""
    tens, ones, teens, joint = TENS[language]
    if amount < 20:
        return teens.split()[amount - 10]
    ten, one = divmod(amount, 10)
    if language == "es" and ten == 2:
        return str(amount)
    return tens.split()[ten - 2] + (joint + ones.split()[one - 1] if one else "")


def _day(dice: random.Random, when: tuple[int, int], language: str) -> str:
    month, day = when
    name = MONTHS[language].split()[month - 1]
    said = f"{day} {name}" if language == "en" else f"{day} de {name}"
    return dice.choice((said, said, f"{day:02}/{month:02}", f"{YEAR}-{month:02}-{day:02}"))


def _clock(dice: random.Random, when: tuple[int, int], language: str) -> str:
    hour, minute = when
    if minute == 0 and hour < 12 and language != "en":
        return dice.choice((f"{hour}:00", f"{hour}h", f"{hour:02}:00"))
    return _shown(dice, when)


def _shown(dice: random.Random, when: tuple[int, int]) -> str:
    hour, minute = when
    half = f"{hour % 12 or 12}:{minute:02} {'am' if hour < 12 else 'pm'}"
    return dice.choice((f"{hour:02}:{minute:02}", half))


def _phone(dice: random.Random, national: str) -> str:
    one, two, three = national[:2], national[2:6], national[6:]
    return dice.choice(
        (
            f"+44 {one} {two} {three}",
            f"0{one} {two} {three}",
            f"+44{national}",
            f"(0{one}) {two}-{three}",
            f"0{national}",
        )
    )


def _disguised(dice: random.Random, digits: str) -> str:
    """The same to a person's eye."""
    return dice.choice(
        (
            digits,
            "".join(chr(ord(digit) + 0xFEE0) for digit in digits),
            "\u200b".join(digits),
            f"*{digits[0]}*{digits[1:]}",
            "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
        )
    )
