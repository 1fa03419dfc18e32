"""The answer to one ask: the few sentences of the knowledge that hold it, or nothing.

Owns the choice among what could be quoted.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.llm.language.concepts import concept_of
from apps.llm.offline.asks import Ask
from apps.llm.offline.matching import Entry, match, matches_heading
from apps.llm.offline.quotes import shown
from apps.llm.offline.spelling import corrected
from apps.llm.offline.terms import Term
from apps.llm.offline.weights import is_subject, weights
from apps.llm.offline.windows import ENOUGH, Window, goes_on, leans_back, neighbours, windows

_MOST_UNITS = 3
_MOST_LISTED = 10
_MOST_CHARACTERS = 600
_COMPLETE = 0.85
# What else is quoted beside the best: as good in what it deals with, and about as fitting.
_AS_GOOD = 0.97
_NEARLY = 0.025
_BY_ITSELF = 0.8
_DENIES = re.compile(r"\b(?:no|not|never|cannot|nunca|n[aã]o|tampoco)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """The pieces to quote, in their order; none when nothing answers.

    `complete` says that nearly every word of the ask is dealt with.
    """

    entries: tuple[Entry, ...] = ()
    complete: bool = False

    @property
    def text(self) -> str:
        """The quotation as one string."""
        return shown(self.entries)

    @property
    def used(self) -> tuple[int, ...]:
        """The passages it stands in."""
        return tuple(dict.fromkeys(entry.unit.passage for entry in self.entries))


def answer(ask: Ask, entries: Sequence[Entry], language: str) -> Answer:
    """The best quotation for the ask; an empty Answer when the knowledge does not hold it."""
    if not ask.terms or not entries:
        return Answer()
    meant = replace(ask, terms=tuple(_meant(term) for term in ask.terms))
    heavy = weights(meant, entries, language)
    found = windows(meant, heavy, entries, language)
    if not found or found[0].coverage < ENOUGH or (_is_vague(meant) and not _touches(meant, found[0])):
        return Answer()
    return Answer(tuple(_chosen(found, heavy, entries, language)), complete=found[0].coverage >= _COMPLETE)


def _is_vague(ask: Ask) -> bool:
    """`How long does it take?`: any time span would match."""
    return all(term.concept in ("duration", "distance", "when") for term in ask.terms)


def _touches(ask: Ask, window: Window) -> bool:
    aside = set(ask.boosts)
    return any(aside & {*entry.own.words, *entry.heading.words} for entry in window.entries)


def _meant(term: Term) -> Term:
    if term.concept or term.day is not None or corrected(term.word) == term.word:
        return term
    return replace(term, concept=concept_of(corrected(term.word), None))


def _chosen(found: list[Window], heavy: dict[Term, float], entries: Sequence[Entry], language: str) -> list[Entry]:
    best = found[0]
    block = _block(best, heavy, entries, language)
    if block:
        return block
    chosen = list(best.entries)
    for window in found[1:]:
        if len(chosen) < _MOST_UNITS and window.entries[0] not in chosen and _is_extra(window, best, heavy, language):
            chosen.append(window.entries[0])
    chosen += _completing(chosen, heavy, entries, language)
    return _in_order(_with_what_it_leans_on(chosen, entries), entries)


def _is_extra(window: Window, best: Window, heavy: dict[Term, float], language: str) -> bool:
    """Whether it answers as well: of the same subject in its own words, or beside the best."""
    close = window.coverage >= max(ENOUGH, _AS_GOOD * best.coverage) and window.score >= best.score - _NEARLY
    entry, lead = window.entries[0], best.entries[0]
    subjects = [term for term in heavy if is_subject(term)]
    listed = entry.unit.block == lead.unit.block and entry.unit.listed
    own = all(match(term, entry, language, own_only=not listed) >= _BY_ITSELF for term in subjects)
    beside = (entry.unit.passage, entry.unit.paragraph) == (lead.unit.passage, lead.unit.paragraph)
    if beside and all(term.concept == "hours" for term in heavy):
        return len(window.entries) == 1 and window.coverage >= _BY_ITSELF
    return close and len(window.entries) == 1 and own and (bool(subjects) or beside)


def _completing(
    chosen: Sequence[Entry], heavy: dict[Term, float], entries: Sequence[Entry], language: str
) -> list[Entry]:
    """What the same section says of a word that is not dealt with yet: `half a day` beside the day's price."""
    if any(_DENIES.search(entry.unit.text) for entry in chosen):
        return []
    lead = chosen[0].unit
    section = [
        entry
        for entry in entries
        if entry.unit.passage == lead.passage
        and entry.unit.block == lead.block
        and entry not in chosen
        and not entry.unit.listed
        and (entry.unit.heading or entry.unit.paragraph == lead.paragraph)
    ]
    for term in heavy:
        if term.lent or not (is_subject(term) or term.variant):
            continue
        if any(match(term, entry, language) for entry in chosen):
            continue
        saying = [entry for entry in section if match(term, entry, language, own_only=True) >= _BY_ITSELF]
        if len(saying) == 1:
            return saying
    return []


def _block(best: Window, heavy: dict[Term, float], entries: Sequence[Entry], language: str) -> list[Entry]:
    """The lines under the heading, when the heading is the answer and no single line is."""
    lead = best.entries[0]
    if not lead.unit.heading:
        return []
    together = [
        entry for entry in entries if entry.unit.block == lead.unit.block and entry.unit.heading == lead.unit.heading
    ]
    asked = [term for term in heavy if not _is_time(term)]
    by_heading = sum(heavy[term] for term in asked if matches_heading(term, lead, language))
    if by_heading < 0.7 * sum(heavy[term] for term in asked):
        return []
    of_the_time = [
        entry for entry in together if any(_is_time(term) and match(term, entry, language) for term in heavy)
    ]
    if of_the_time:
        return of_the_time[:_MOST_UNITS]
    if any(not matches_heading(term, lead, language) for term in asked):
        return []
    return _gist(together, asked, language)


def _is_time(term: Term) -> bool:
    return term.day is not None or term.month


def _gist(together: list[Entry], asked: list[Term], language: str) -> list[Entry]:
    """All lines of a list that give what is asked for; running text is better quoted by the sentence."""
    if together[0].unit.heading.endswith("?"):
        return together[:_MOST_UNITS]
    if not all(entry.unit.alone for entry in together):
        return []
    kinds = [term for term in asked if term.kind]
    giving = [entry for entry in together if all(match(term, entry, language, own_only=True) for term in kinds)]
    return giving[:_MOST_LISTED] if _length(giving[:_MOST_LISTED]) <= _MOST_CHARACTERS else giving[:_MOST_UNITS]


def _length(entries: Sequence[Entry]) -> int:
    return sum(len(entry.unit.text) for entry in entries)


def _with_what_it_leans_on(chosen: list[Entry], entries: Sequence[Entry]) -> list[Entry]:
    """`It costs 5 euros` is nothing without the sentence before, nor a rule without its `otherwise`."""
    places = {id(entry): place for place, entry in enumerate(entries)}
    result = list(chosen)
    for entry in chosen:
        place = places[id(entry)]
        before = entries[place - 1] if place else None
        if leans_back(entry.unit.text) and before and before not in result and neighbours(before, entry):
            result.append(before)
        after = entries[place + 1] if place + 1 < len(entries) else None
        if after and after not in result and neighbours(entry, after) and goes_on(after.unit.text):
            result.append(after)
    return result


def _in_order(chosen: Sequence[Entry], entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry in chosen]
