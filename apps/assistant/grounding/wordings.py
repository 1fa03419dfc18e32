"""Values that are said without a number: free, half an hour, half price, twice a week, noon."""

import re
from collections.abc import Iterator

from apps.assistant.grounding import hours
from apps.assistant.grounding.lexicon import FREE
from apps.assistant.grounding.values import Mention, any_of, only
from apps.assistant.grounding.verdict import Kind
from apps.llm.language.words import word_set

_FREE = re.compile(
    r"(?<!feel )(?<!for )(?<![-\w])(?:"
    + "|".join(sorted(FREE))
    + r")\b(?! (?:of charge|to|time|slots?|spots?|places?|tables?|days?|hours?|moment)\b)"
)
#: Without one of these nothing is said to be free.
_FREE_WORDS = FREE | word_set("no without sin de sem")
_NO_COST = re.compile(
    r"\b(?:free of charge|for free|no (?:extra |additional )?(?:charge|cost|fee)|"
    r"(?:at no|without) (?:extra |any )?(?:charge|cost)|"
    r"sin (?:coste|costo|cargo)|de graca|sem custos?)\b"
)

_MAY_HAVE = re.compile(
    r"hal[fv]|mei?[dt]|mitad|metade|twice|thrice|double|doble|dobro|triple|quarter|cuarto de|quarto de"
)
_SAID: tuple[tuple[re.Pattern[str], Kind, tuple[str, ...]], ...] = (
    (
        re.compile(r"\b(?:half an hour|half[ -]hour|media hora|meia hora)\b"),
        Kind.NUMBER,
        ("u:30:minute", "u:0.5:hour"),
    ),
    (re.compile(r"\b(?:quarter of an hour|cuarto de hora|quarto de hora)\b"), Kind.NUMBER, ("u:15:minute",)),
    (
        re.compile(
            r"\b(?:half|halved|mitad|metade)\b(?!-?\s?(?:past|an hour|hour|\d|one|two|three|four|five|six|seven|"
            r"eight|nine|ten|eleven|twelve))"
        ),
        Kind.NUMBER,
        ("%:50", "n:0.5", "f:1/2"),
    ),
    (re.compile(r"\b(?:twice|double the|el doble|o dobro)\b"), Kind.NUMBER, ("n:2", "double")),
    (re.compile(r"\b(?:thrice|triple the|el triple|o triplo)\b"), Kind.NUMBER, ("n:3",)),
)


def wordings(text: str, words: frozenset[str]) -> Iterator[Mention]:
    """Those of a bare text, of which these are the words."""
    if words & _FREE_WORDS:
        for match in (*_FREE.finditer(text), *_NO_COST.finditer(text)):
            yield only(Kind.PRICE, match.group(), match.start(), "free")
    if words & hours.NAMES:
        for start, end, written, hour in hours.named(text):
            yield Mention(Kind.TIME, written, start, end, hour.needs, hour.offers)
    yield from _fractions(text)


def _fractions(text: str) -> Iterator[Mention]:
    if not _MAY_HAVE.search(text):
        return
    for pattern, kind, keys in _SAID:
        for match in pattern.finditer(text):
            yield Mention(
                kind, match.group(), match.start(), match.end(), any_of(keys), frozenset(keys[-2:]) | {keys[0]}
            )
