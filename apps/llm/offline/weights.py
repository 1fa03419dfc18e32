"""What each word of an ask weighs against the knowledge at hand.

Owns the weights: a rare word says more than a common one, and one that stands nowhere says most.
"""

import math
from collections.abc import Sequence

from apps.llm.language.synonyms import SOFT
from apps.llm.offline.asks import Ask
from apps.llm.offline.matching import IN_TITLE, Entry, match
from apps.llm.offline.terms import Term

# What an ask's word weighs when the knowledge has it; other words weigh by their rarity.
_KIND_WEIGHTS = {"price": 1.3, "duration": 1.2, "when": 0.7, "distance": 0.8}
# Words that say what must not be in it: getting these wrong does harm.
_DIETS = frozenset({"vegan", "vegetarian", "gluten", "dairy", "allergy"})
_DIET_WEIGHT = 1.6
_BESIDE_A_SUBJECT = {"place": 0.3, "hours": 0.9}
_DAY_WEIGHT = 0.8
_DAY_BESIDE_A_SUBJECT = 0.4
_SOFT_WEIGHT = 0.6
_VARIANT_WEIGHTS = (0.5, 0.15)
_MONTH_WEIGHTS = (0.8, 0.2)
# What comes from the question before steps back behind what this one names.
_LENT_WEIGHTS = (0.35, 0.15)
# To sell is no mere shade: what is lent or given away is not sold.
_TRADE_WEIGHT = 0.9
# A word that stands nowhere in the knowledge is most likely what the knowledge does not cover.
_ABSENT_WEIGHT = 2.5
_UNTRANSLATED_WEIGHT = 2.2


def weights(ask: Ask, entries: Sequence[Entry], language: str) -> dict[Term, float]:
    """What each term of the ask weighs against this knowledge."""
    has_subject = any(is_subject(term) for term in ask.terms)
    names_one = any(term.subject and not term.lent for term in ask.terms)
    return {
        term: _weight(term, entries, language, has_subject, alone=len(ask.terms) == 1, names_one=names_one)
        for term in ask.terms
    }


def is_subject(term: Term) -> bool:
    """Whether the term says what the ask is about, rather than which kind of answer it wants."""
    return term.subject and term.concept not in SOFT


def _weight(
    term: Term, entries: Sequence[Entry], language: str, has_subject: bool, *, alone: bool, names_one: bool
) -> float:
    frequency = sum(1 for entry in entries if match(term, entry, language) >= IN_TITLE)
    absent = 0 if frequency else 1
    if term.day is not None:
        return _DAY_WEIGHT if frequency and not has_subject else _DAY_BESIDE_A_SUBJECT
    if term.month:
        return _MONTH_WEIGHTS[absent]
    if has_subject and term.concept in _BESIDE_A_SUBJECT:
        return _BESIDE_A_SUBJECT[term.concept]
    if term.kind:
        return _KIND_WEIGHTS.get(str(term.concept), 1.0)
    if term.variant:
        return _VARIANT_WEIGHTS[absent]
    if term.lent and names_one:
        return _LENT_WEIGHTS[absent]
    if has_subject and term.concept == "trade":
        return _TRADE_WEIGHT
    shade = term.concept in SOFT and (has_subject or absent or term.concept == "bring")
    if (shade and not alone) or (term.optional and not alone):
        return _SOFT_WEIGHT
    if not frequency:
        # In another language than the knowledge's a word may only lack its translation.
        return (
            _SOFT_WEIGHT if term.lent else _ABSENT_WEIGHT if entries[0].language == language else _UNTRANSLATED_WEIGHT
        )
    if term.concept in _DIETS:
        return _DIET_WEIGHT
    return max(0.4, 1 / (1 + 0.5 * math.log2(frequency)))
