"""One or two neighbouring sentences, scored by how well they deal with an ask.

Owns the score and what speaks against a window however high it scores.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.llm.offline.asks import Ask
from apps.llm.offline.matching import Entry, match, match_in_context, matches_heading, opens_with, pairs
from apps.llm.offline.terms import Term
from apps.llm.offline.weights import is_subject

#: An ask counts as answered from this share of its weight upward.
ENOUGH = 0.55

# The subject's own part of it: a price without its subject is another thing's price.
_ENOUGH_OF_THE_SUBJECT = 0.45
_UNDER_ANOTHER_QUESTION = 0.5
_UNDER_THE_RIGHT_HEADING = 0.15
_ABOUT_THE_SUBJECT = 0.06
_WORD_FOR_WORD = 0.05
_ON_CONDITION = 0.1
_SUPPOSES = re.compile(
    r"^\W*(?:(?:and|y|e)\s)?(?:what (?:happens )?if|if|(?:qu[eé] pasa )?si|(?:o que acontece )?se)\b", re.IGNORECASE
)
_CONDITION = re.compile(r"\b(?:if|in case|when|otherwise|si|se|caso|cuando|quando)\b", re.IGNORECASE)
_LEANS_ON_THE_LAST = re.compile(
    r"^(?:it|its|they|their|this|that|these|those|he|she|both|all of them|each|ella?s?|ellos|est[eao]s?|ambos"
    r"|eles?|elas?|isto|esses?|(?:the|a) (?:\w+ )?ones?)\b",
    re.IGNORECASE,
)
_ITS_PRICE = re.compile(
    r"^(?:the|el|la|o|a|los|las|os|as) (?:price|cost|fee|rate|precio|coste|costo|tarifa|preço|custo|valor|taxa)s?\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^(?:after that|otherwise|however|but|later|except|in that case|después|en caso contrario|si no"
    r"|de lo contrario|sin embargo|pero|excepto"
    r"|depois|caso contrário|se não|no entanto|mas|exceto)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Window:
    """What could be quoted: `coverage` is the share of the ask's weight it deals with, `score` ranks windows."""

    entries: tuple[Entry, ...]
    coverage: float
    score: float


def windows(ask: Ask, heavy: dict[Term, float], entries: Sequence[Entry], language: str) -> list[Window]:
    """The windows that deal with the ask's subject, best first."""
    found = [_window((entry,), ask, heavy, language) for entry in entries]
    for first, second in zip(entries, entries[1:], strict=False):
        # A price beside another subject is not that subject's price.
        if neighbours(first, second) and continues(second.unit.text):
            found.append(_window((first, second), ask, heavy, language))
    fitting = [window for window in found if _deals_with_subject(window, heavy, language)]
    return sorted(fitting, key=lambda window: -window.score)


def neighbours(first: Entry, second: Entry) -> bool:
    """Whether two sentences stand beside each other in running text."""
    one, other = first.unit, second.unit
    together = (one.passage, one.block, one.paragraph) == (other.passage, other.block, other.paragraph)
    return together and not one.listed and not other.listed


def leans_back(text: str) -> bool:
    """Whether a sentence is nothing without the one before."""
    return bool(_LEANS_ON_THE_LAST.match(text))


def goes_on(text: str) -> bool:
    """Whether a sentence limits what the one before says."""
    return bool(_GOES_ON.match(text))


def continues(text: str) -> bool:
    """Whether a sentence speaks on about what the one before named."""
    return leans_back(text) or goes_on(text) or bool(_ITS_PRICE.match(text))


def _window(entries: tuple[Entry, ...], ask: Ask, heavy: dict[Term, float], language: str) -> Window:
    lead, total = entries[0], sum(heavy.values())
    # The price of what stands beside the subject is not the subject's.
    matched = match if any(term.kind or term.lent for term in heavy) else match_in_context
    share = (
        sum(weight * max(matched(term, entry, language) for entry in entries) for term, weight in heavy.items()) / total
    )
    boost = sum(
        any(word in entry.own.words or word in entry.heading.words for entry in entries) for word in set(ask.boosts)
    )
    if lead.unit.heading.endswith("?") and not _fits_heading(lead, heavy, language):
        share *= _UNDER_ANOTHER_QUESTION
    beside = 0.02 if len(entries) > 1 and leans_back(entries[1].unit.text) else 0.08
    score = share + min(0.09, 0.03 * boost) - beside * (len(entries) - 1) - 0.005 * lead.unit.rank
    if all(matches_heading(term, lead, language) for term in heavy if term.day is None and not term.month):
        score += _UNDER_THE_RIGHT_HEADING
    if not lead.unit.listed:
        about = [term for term in heavy if is_subject(term) or term.optional]
        score += _ABOUT_THE_SUBJECT * max((opens_with(term, lead, language) for term in about), default=0.0)
    if pairs(ask.text, language) & lead.own.pairs:
        score += _WORD_FOR_WORD
    if _SUPPOSES.match(ask.text) and any(_CONDITION.search(entry.unit.text) for entry in entries):
        score += _ON_CONDITION
    return Window(entries, share, score)


def _fits_heading(lead: Entry, heavy: dict[Term, float], language: str) -> bool:
    """A line under a question speaks of that question's subject: the pool's hours are not the gym's."""
    return any(is_subject(term) or matches_heading(term, lead, language) for term in heavy)


def _deals_with_subject(window: Window, heavy: dict[Term, float], language: str) -> bool:
    subjects = [term for term in heavy if is_subject(term)]
    named = [term for term in subjects if not term.lent] or subjects
    total = sum(heavy[term] for term in named)
    met = sum(heavy[term] * max(match(term, entry, language) for entry in window.entries) for term in named)
    return not named or met >= _ENOUGH_OF_THE_SUBJECT * total
