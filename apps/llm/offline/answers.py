"""The answer to one ask: the few sentences of the knowledge that hold it, or nothing.

Owns the choice among units and how they are shown together.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.llm.language.concepts import concept_of
from apps.llm.language.words import fold
from apps.llm.offline.asks import KINDS, Ask, Term
from apps.llm.offline.matching import ENOUGH, Entry, corrected, is_subject, match, matches_heading, weights

_MOST_UNITS = 3
_MOST_LISTED = 10
_MOST_CHARACTERS = 600
_COMPLETE = 0.85
# What else is quoted beside the best: as good in what it deals with, and about as fitting.
_AS_GOOD = 0.97
_NEARLY = 0.025
_UNDER_ANOTHER_QUESTION = 0.5
_UNDER_THE_RIGHT_HEADING = 0.15
_LEANS_ON_THE_LAST = re.compile(
    r"^(?:it|its|they|their|this|that|these|those|he|she|both|all of them|each|ella?s?|ellos|est[eao]s?|ambos"
    r"|eles?|elas?|isto|esses?)\b",
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
class Answer:
    """The sentences to quote, in one string, and the passages they stand in; no text when nothing answers.

    `complete` says that nearly every word of the ask is dealt with.
    """

    text: str = ""
    used: tuple[int, ...] = ()
    complete: bool = False


@dataclass(frozen=True)
class _Window:
    entries: tuple[Entry, ...]
    coverage: float
    score: float


def answer(ask: Ask, entries: Sequence[Entry], language: str) -> Answer:
    """The best quotation for the ask; an empty Answer when the knowledge does not hold it."""
    if not ask.terms or not entries:
        return Answer()
    meant = replace(ask, terms=tuple(_meant(term) for term in ask.terms))
    heavy = weights(meant, entries, language)
    windows = sorted(_windows(meant, heavy, entries, language), key=lambda window: -window.score)
    if not windows or windows[0].coverage < ENOUGH or (_is_vague(meant) and not _touches(meant, windows[0])):
        return Answer()
    chosen = _chosen(windows, meant, heavy, entries, language)
    used = tuple(dict.fromkeys(entry.unit.passage for entry in chosen))
    return Answer(_shown(chosen), used, complete=windows[0].coverage >= _COMPLETE)


def _is_vague(ask: Ask) -> bool:
    """`How long does it take?`: any time span would match."""
    return all(term.concept in ("duration", "distance", "when") for term in ask.terms)


def _touches(ask: Ask, window: _Window) -> bool:
    aside = set(ask.boosts)
    return any(aside & {*entry.own.words, *entry.heading.words} for entry in window.entries)


def _meant(term: Term) -> Term:
    if term.concept or term.day is not None or corrected(term.word) == term.word:
        return term
    return Term(term.word, concept_of(corrected(term.word), None))


def _windows(ask: Ask, heavy: dict[Term, float], entries: Sequence[Entry], language: str) -> list[_Window]:
    windows = [_window((entry,), ask, heavy, language) for entry in entries]
    asks_kind = any(term.concept in KINDS for term in ask.terms)
    for first, second in zip(entries, entries[1:], strict=False):
        # A price beside another subject is not that subject's price.
        joined = not asks_kind or _continues(second.unit.text)
        if joined and _neighbours(first, second):
            windows.append(_window((first, second), ask, heavy, language))
    return windows


def _neighbours(first: Entry, second: Entry) -> bool:
    one, other = first.unit, second.unit
    return one.passage == other.passage and one.block == other.block and not one.listed and not other.listed


def _continues(text: str) -> bool:
    """Whether a sentence speaks on about what the one before named."""
    return bool(_LEANS_ON_THE_LAST.match(text) or _GOES_ON.match(text) or _ITS_PRICE.match(text))


def _window(entries: tuple[Entry, ...], ask: Ask, heavy: dict[Term, float], language: str) -> _Window:
    lead, total = entries[0], sum(heavy.values())
    share = (
        sum(weight * max(match(term, entry, language) for entry in entries) for term, weight in heavy.items()) / total
    )
    boost = sum(
        any(word in entry.own.words or word in entry.heading.words for entry in entries) for word in set(ask.boosts)
    )
    if lead.unit.heading.endswith("?") and not _fits_heading(lead, heavy, language):
        share *= _UNDER_ANOTHER_QUESTION
    score = share + min(0.09, 0.03 * boost) - 0.08 * (len(entries) - 1) - 0.005 * entries[0].unit.rank
    if all(matches_heading(term, lead, language) for term in heavy if term.day is None):
        score += _UNDER_THE_RIGHT_HEADING
    return _Window(entries, share, score)


def _fits_heading(lead: Entry, heavy: dict[Term, float], language: str) -> bool:
    """A line under a question speaks of that question's subject: the pool's hours are not the gym's."""
    return any(is_subject(term) or matches_heading(term, lead, language) for term in heavy)


def _chosen(
    windows: list[_Window], ask: Ask, heavy: dict[Term, float], entries: Sequence[Entry], language: str
) -> list[Entry]:
    best = windows[0]
    block = _block(best, ask, heavy, entries, language)
    if block:
        return block
    chosen = list(best.entries)
    for window in windows[1:]:
        close = window.coverage >= max(ENOUGH, _AS_GOOD * best.coverage) and window.score >= best.score - _NEARLY
        if close and len(window.entries) == 1 and window.entries[0] not in chosen and len(chosen) < _MOST_UNITS:
            chosen.append(window.entries[0])
    return _in_order(_with_what_it_leans_on(chosen, entries), entries)


def _block(best: _Window, ask: Ask, heavy: dict[Term, float], entries: Sequence[Entry], language: str) -> list[Entry]:
    """All lines under the heading, when the heading is the answer and no single line is."""
    lead = best.entries[0]
    if not lead.unit.heading:
        return []
    together = [
        entry for entry in entries if entry.unit.block == lead.unit.block and entry.unit.heading == lead.unit.heading
    ]
    asked = [term for term in heavy if term.day is None]
    by_heading = sum(heavy[term] for term in asked if matches_heading(term, lead, language))
    enough = by_heading >= 0.7 * sum(heavy[term] for term in asked)
    narrower = [term for term in heavy if not matches_heading(term, lead, language)]
    if not enough or (narrower and not _is_hours(ask)):
        return []
    of_the_day = [
        entry for entry in together if any(term.day in entry.own.days for term in heavy if term.day is not None)
    ]
    if of_the_day:
        return of_the_day
    if lead.unit.heading.endswith("?"):
        return together[:_MOST_UNITS]
    return together[:_MOST_LISTED] if _length(together[:_MOST_LISTED]) <= _MOST_CHARACTERS else together[:_MOST_UNITS]


def _is_hours(ask: Ask) -> bool:
    return any(term.concept == "hours" for term in ask.terms)


def _length(entries: Sequence[Entry]) -> int:
    return sum(len(entry.unit.text) for entry in entries)


def _with_what_it_leans_on(chosen: list[Entry], entries: Sequence[Entry]) -> list[Entry]:
    """`It costs 5 euros` is nothing without the sentence before, nor a rule without its `otherwise`."""
    places = {id(entry): place for place, entry in enumerate(entries)}
    result = list(chosen)
    for entry in chosen:
        place = places[id(entry)]
        before = entries[place - 1] if place else None
        leans = _LEANS_ON_THE_LAST.match(entry.unit.text)
        if leans and before and before not in result and _neighbours(before, entry):
            result.append(before)
        after = entries[place + 1] if place + 1 < len(entries) else None
        if after and after not in result and _neighbours(entry, after) and _GOES_ON.match(after.unit.text):
            result.append(after)
    return result


def _in_order(chosen: Sequence[Entry], entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry in chosen]


def _shown(entries: Sequence[Entry]) -> str:
    """Sentences run on, list lines keep their lines and their heading."""
    parts: list[str] = []
    for group in _groups(entries):
        texts = [entry.unit.text for entry in group]
        heading = _heading(group[0])
        if not group[0].unit.listed:
            parts.append(" ".join(texts))
        elif len(texts) == 1:
            parts.append(f"{heading}: {texts[0]}" if heading else texts[0])
        else:
            parts.append("\n".join(([f"{heading}:"] if heading else []) + [f"• {text}" for text in texts]))
    return "\n".join(parts)


def _groups(entries: Sequence[Entry]) -> list[list[Entry]]:
    groups: list[list[Entry]] = []
    for entry in entries:
        last = groups[-1][-1].unit if groups else None
        unit = entry.unit
        if last and (last.block, last.heading, last.listed) == (unit.block, unit.heading, unit.listed):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _heading(entry: Entry) -> str:
    heading = entry.unit.heading.rstrip(": ")
    return "" if heading.endswith("?") or fold(heading) in fold(entry.unit.text) else heading
