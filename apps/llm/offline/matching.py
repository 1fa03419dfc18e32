"""How well a piece of knowledge deals with an ask.

Owns the index over the units of one prompt, the weights of an ask's words and the score of a window of units.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.llm.language.concepts import concept_of, tokens, vocabulary
from apps.llm.language.detect import detect
from apps.llm.language.stopwords import FILLERS, STOPWORDS
from apps.llm.language.synonyms import SOFT
from apps.llm.language.words import LANGUAGES, stem
from apps.llm.offline.asks import KINDS, Ask, Term
from apps.llm.offline.features import days, features
from apps.llm.offline.units import Unit

#: An ask counts as answered from this share of its weight upward.
ENOUGH = 0.55

# What an ask's word weighs when the knowledge has it; other words weigh by their rarity.
_KIND_WEIGHTS = {"price": 1.3, "duration": 1.2, "when": 0.7, "distance": 0.8}
# Words that say what must not be in it: getting these wrong does harm.
_DIETS = frozenset({"vegan", "vegetarian", "gluten", "dairy", "allergy"})
_DIET_WEIGHT = 1.6
_BESIDE_A_SUBJECT = {"place": 0.3, "hours": 0.9}
_DAY_WEIGHT = 0.8
_DAY_BESIDE_A_SUBJECT = 0.4
_SOFT_WEIGHT = 0.6
# A word that stands nowhere in the knowledge is most likely what the knowledge does not cover.
_ABSENT_WEIGHT = 2.5

_IN_HEADING = 0.95
_IN_TITLE = 0.6
_BY_CONCEPT = 0.95
_BY_FORM = 0.9
# A time alone is no opening hour, but it is the schedule of what stands beside it.
_BY_TIME = 0.5
_BY_NO_COST = 0.8
_BY_PREFIX = 0.85
_BY_TYPING_ERROR = 0.8

_HOURS_COUNTED = re.compile(r"\b\d+[\s-]*(?:hours?|horas?)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The comparable content of a text."""

    words: frozenset[str]
    stems: frozenset[str]
    concepts: frozenset[str]
    shown: frozenset[str]
    days: frozenset[int]


@dataclass(frozen=True)
class Entry:
    """A unit with its own words and those it stands under."""

    unit: Unit
    own: Words
    heading: Words
    title: Words


def index(units: Sequence[Unit], language: str) -> list[Entry]:
    """Entries for the units; `language` is used for texts that do not tell theirs."""
    whole = detect(" ".join(unit.text for unit in units)) or language
    return [
        Entry(unit, _words(unit.text, whole), _words(unit.heading, whole), _words(unit.title, whole)) for unit in units
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
        concepts=frozenset(concept for word in found if (concept := concept_of(word, language))),
        shown=features(text),
        days=days(text),
    )


def weights(ask: Ask, entries: Sequence[Entry], language: str) -> dict[Term, float]:
    """What each term of the ask weighs against this knowledge."""
    has_subject = any(is_subject(term) for term in ask.terms)
    return {term: _weight(term, entries, language, has_subject, alone=len(ask.terms) == 1) for term in ask.terms}


def is_subject(term: Term) -> bool:
    """Whether the term says what the ask is about, rather than which kind of answer it wants."""
    return term.concept not in KINDS and term.day is None and term.concept not in SOFT and not term.optional


def _weight(term: Term, entries: Sequence[Entry], language: str, has_subject: bool, *, alone: bool) -> float:
    frequency = sum(1 for entry in entries if match(term, entry, language) >= _IN_TITLE)
    if term.day is not None:
        return _DAY_WEIGHT if frequency and not has_subject else _DAY_BESIDE_A_SUBJECT
    if has_subject and term.concept in _BESIDE_A_SUBJECT:
        return _BESIDE_A_SUBJECT[term.concept]
    if term.concept in KINDS:
        return _KIND_WEIGHTS.get(term.concept, 1.0)
    if (has_subject and term.concept in SOFT) or (term.optional and not alone):
        return _SOFT_WEIGHT
    if not frequency:
        return _SOFT_WEIGHT if term.lent else _ABSENT_WEIGHT
    if term.concept in _DIETS:
        return _DIET_WEIGHT
    return max(0.4, 1 / (1 + 0.5 * math.log2(frequency)))


def match(term: Term, entry: Entry, language: str) -> float:
    """0 to 1: how surely the entry speaks of the term."""
    own = _match(term, entry.own, language, own=True)
    heading = _match(term, entry.heading, language, own=False) * _IN_HEADING
    return max(own, heading, _match(term, entry.title, language, own=False) * _IN_TITLE)


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
    # A price is told by a number: the word `price` in a sentence without one answers nothing.
    if own and term.concept == "price":
        return _BY_NO_COST * ("free" in words.shown)
    if term.word in words.words:
        return 1.0
    if term.concept is not None:
        return _BY_CONCEPT * (term.concept in words.concepts)
    return _match_form(term.word, language, words)


def _match_form(word: str, language: str, words: Words) -> float:
    root = stem(word, language)
    if root in words.stems or any(stem(word, code) in words.stems for code in LANGUAGES):
        return 1.0
    best = 0.0
    for other in words.stems:
        if _share_a_root(root, other):
            best = max(best, _BY_PREFIX)
        elif is_typing_error(root, other) and not _is_known(word):
            best = max(best, _BY_TYPING_ERROR)
    return best


def _share_a_root(one: str, other: str) -> bool:
    """`orthodont` and `orthodontist`; not `inter` and `international`."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 5 and longer.startswith(shorter) and len(shorter) >= 0.6 * len(longer)


@lru_cache(maxsize=20_000)
def _is_known(word: str) -> bool:
    """A word that we know is not a wrong spelling of another one."""
    return (
        any(word in STOPWORDS[code] or word in FILLERS[code] for code in LANGUAGES)
        or concept_of(word, None) is not None
    )


@lru_cache(maxsize=20_000)
def corrected(word: str) -> str:
    """The word of the table of concepts that was probably meant, or the word itself."""
    if len(word) < 5 or _is_known(word):
        return word
    return next((known for known in vocabulary() if len(known) >= 5 and is_typing_error(word, known)), word)


def is_typing_error(typed: str, meant: str) -> bool:
    """One edit in words from five letters, two from nine.

    A changed letter counts only from seven letters on, for `bread` is not `break`.
    """
    shortest = min(len(typed), len(meant))
    if shortest < 5 or abs(len(typed) - len(meant)) > 2 or typed[0] != meant[0] or typed == meant:
        return False
    limit = 2 if shortest >= 9 else 1
    distance = _edits(typed, meant)
    if shortest < 7 and len(typed) == len(meant) and sorted(typed) != sorted(meant):
        return False
    return distance <= limit


def _edits(one: str, other: str) -> int:
    """Damerau-Levenshtein distance (neighbours swapped count as one edit)."""
    rows = [list(range(len(other) + 1))]
    for i, char in enumerate(one, 1):
        row = [i]
        for j, goal in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (char != goal))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == goal:
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]
