"""How well a piece of knowledge deals with an ask.

Owns the index over the units of one prompt and the match of one word with one unit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.llm.language.concepts import concept_of, tokens
from apps.llm.language.detect import detect
from apps.llm.language.stopwords import STOPWORDS
from apps.llm.language.words import LANGUAGES, stem
from apps.llm.offline.features import days, features, months
from apps.llm.offline.spelling import is_known, is_typing_error, share_a_root
from apps.llm.offline.terms import Term
from apps.llm.offline.units import Unit

_IN_HEADING = 0.95
IN_TITLE = 0.6
_BY_STEM = 0.96
_BY_CONCEPT = 0.9
_BY_FORM = 0.97
# An `address` without one, a `price` without a number.
_ONLY_NAMED = 0.4
# A time alone is no opening hour, but it is the schedule of what stands beside it.
_BY_TIME = 0.5
_BY_NO_COST = 0.9
# A deadline is a time span: `up to two days before`.
_BY_SPAN = 0.6
# What a paragraph opens with is what its other sentences are about.
_IN_CONTEXT = 0.5
_BY_PREFIX = 0.85
_BY_TYPING_ERROR = 0.8

_OPENING_WORDS, _FIRST_WORDS = 5, 2
_HOURS_COUNTED = re.compile(r"\b\d+[\s-]*(?:hours?|horas?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The comparable content of a text."""

    words: frozenset[str]
    stems: frozenset[str]
    concepts: frozenset[str]
    shown: frozenset[str]
    days: frozenset[int]
    opening: tuple[frozenset[str], ...]
    pairs: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Entry:
    """A unit with its own words, those it stands under and those its paragraph opens with."""

    unit: Unit
    own: Words
    heading: Words
    title: Words
    context: Words
    language: str


def index(units: Sequence[Unit], language: str) -> list[Entry]:
    """Entries for the units; `language` is used for texts that do not tell theirs."""
    whole = detect(" ".join(unit.text for unit in units)) or language
    openings: dict[tuple[int, int], str] = {}
    for unit in units:
        openings.setdefault((unit.passage, unit.paragraph), "" if unit.listed else unit.text)
    return [
        Entry(
            unit,
            _words(unit.text, whole),
            _words(unit.heading, whole),
            _words(unit.title, whole),
            _words(openings[unit.passage, unit.paragraph], whole),
            whole,
        )
        for unit in units
    ]


@lru_cache(maxsize=4096)
def _words(text: str, language: str) -> Words:
    # `24 hours` is a time span and says nothing of opening hours.
    found = tokens(_HOURS_COUNTED.sub(" ", text))
    # `gift_vouchers` are vouchers, too.
    found += [part for word in found if "_" in word for part in word.split("_")]
    return Words(
        words=frozenset(found),
        stems=frozenset(stem(word, language) for word in found if word not in STOPWORDS[language]),
        concepts=frozenset(concept for word in found if (concept := concept_of(word, language))) | months(text),
        shown=features(text),
        days=days(text),
        opening=_opening(found, language),
        pairs=pairs(text, language),
    )


def _opening(found: Sequence[str], language: str) -> tuple[frozenset[str], ...]:
    """Word, stem and concept of each word that a text begins with: most likely what it is about."""
    first = [word for word in found if word not in STOPWORDS[language]][:_OPENING_WORDS]
    return tuple(frozenset({word, stem(word, language), concept_of(word, language) or ""} - {""}) for word in first)


def pairs(text: str, language: str) -> frozenset[tuple[str, str]]:
    """The stems that stand beside each other, grammar left out: `joining fee`."""
    words = [(stem(word, language), word in STOPWORDS[language]) for word in tokens(text)]
    return frozenset(
        (one, other) for (one, light), (other, also) in zip(words, words[1:], strict=False) if not light and not also
    )


def match(term: Term, entry: Entry, language: str, *, own_only: bool = False) -> float:
    """0 to 1: how surely the entry, or its own text alone, speaks of the term."""
    own = _match(term, entry.own, language, own=True)
    if own_only:
        return own
    heading = _match(term, entry.heading, language, own=False) * _IN_HEADING
    return max(own, heading, _match(term, entry.title, language, own=False) * IN_TITLE)


def match_in_context(term: Term, entry: Entry, language: str) -> float:
    """As match, where the sentence may leave unsaid what its paragraph is about."""
    return max(match(term, entry, language), _match(term, entry.context, language, own=False) * _IN_CONTEXT)


def opens_with(term: Term, entry: Entry, language: str) -> float:
    """0 to 1: whether the entry begins with the term."""
    for place, forms in enumerate(entry.own.opening):
        near = 1.0 if place < _FIRST_WORDS else 0.5
        if term.word in forms or stem(term.word, language) in forms:
            return near
        if term.concept in forms:
            return near / 2
    return 0.0


def matches_heading(term: Term, entry: Entry, language: str) -> bool:
    """Whether the heading alone speaks of the term."""
    return _match(term, entry.heading, language, own=False) > 0


def _match(term: Term, words: Words, language: str, *, own: bool) -> float:
    if term.day is not None:
        return float(term.day in words.days)
    if own and term.concept in words.shown:
        return 1.0 if term.concept in words.concepts else _BY_FORM
    if own and term.concept == "hours" and "when" in words.shown:
        return _BY_TIME
    if own and term.concept == "when" and "duration" in words.shown:
        return _BY_SPAN
    if own and term.concept == "trade" and "trade" not in words.concepts:
        return _BY_FORM if "offered" in words.shown else _ONLY_NAMED * ("price" in words.shown)
    if own and term.concept == "bring" and "bring" not in words.concepts:
        return _BY_PREFIX * ("provided" in words.shown)
    # A price is told by a number, a place by an address: the word alone answers little.
    if own and term.concept == "price":
        return _BY_NO_COST if "free" in words.shown else _ONLY_NAMED * ("price" in words.concepts)
    if own and term.concept == "place":
        return _ONLY_NAMED * ("place" in words.concepts)
    if term.word in words.words:
        return 1.0
    if term.concept is not None and stem(term.word, language) in words.stems:
        return _BY_STEM
    if term.concept is not None:
        return _BY_CONCEPT * (term.concept in words.concepts)
    return _match_form(term.word, language, words)


def _match_form(word: str, language: str, words: Words) -> float:
    root = stem(word, language)
    if root in words.stems or any(stem(word, code) in words.stems for code in LANGUAGES):
        return 1.0
    best = 0.0
    for other in words.stems:
        if share_a_root(root, other):
            best = max(best, _BY_PREFIX)
        elif is_typing_error(root, other) and not is_known(word):
            best = max(best, _BY_TYPING_ERROR)
    return best
