"""Questions that lean on the one before: `how much is it?`, `and on Sunday?`, `what about the large one?`.

Owns what the later question borrows of the earlier one.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from apps.llm.offline.asks import Ask
from apps.llm.offline.terms import Term

# A longer question is one of its own: `and do you have helmets for kids?`.
_MOST_WORDS = 5
# Kinds that go on from one another: `until when?` after `are you open on Saturday?`.
_OF_TIME = frozenset({"when", "hours"})

_OTHER_QUESTION = re.compile(
    r"^\W*(?:and|or|y|e|o|ou)\W+(?:how many|do|does|can|is|are|who|which|cu[aá]nt[oa]s|quant[oa]s|qui[eé]n|quem)\b",
    re.IGNORECASE,
)


def completed(found: Sequence[Ask], earlier: Sequence[Ask]) -> tuple[Ask, ...]:
    """The asks with what they borrow of those before them; `earlier` are the customer's former asks, oldest first."""
    chain: list[Ask] = []
    for ask in [*earlier, *found]:
        before = next((past for past in reversed(chain) if past.terms), None)
        chain.append(_complete(ask, before) if before else ask)
    whole = chain[len(earlier) :]
    # `Llegamos a las once, ¿hay problema?`: what asks nothing of its own goes with the rest.
    return tuple(ask for ask in whole if ask.terms) or tuple(whole)


def _complete(ask: Ask, before: Ask) -> Ask:
    if not ask.follow_up:
        return _with_kind(ask, before) if ask.leads_on else ask
    own = _own(ask)
    subject = [term for term in before.terms if term.subject or term.optional or term.variant]
    if any(term.subject for term in subject):
        own = [term for term in own if not (term.lent and term.concept == "hours")]
    had = {term.concept or term.word for term in own}
    kinds = {term.concept for term in own if term.kind}
    narrower = any(term.subject or term.variant for term in own)
    lent = [term for term in subject if (term.concept or term.word) not in had]
    if not kinds or kinds <= _OF_TIME:
        lent += [term for term in before.terms if term.kind and term.concept not in had and _goes_with(term, kinds)]
    if not any(term.day is not None or term.month for term in own) and not narrower:
        lent += [term for term in before.terms if term.day is not None]
    return replace(ask, terms=(*own, *(replace(term, lent=True) for term in lent)))


def _goes_with(term: Term, kinds: set[str | None]) -> bool:
    return not kinds or term.concept in _OF_TIME


def _own(ask: Ask) -> list[Term]:
    """In `and the large one?` the size is what the question is about."""
    if any(term.subject and not term.lent for term in ask.terms) or not ask.leads_on:
        return list(ask.terms)
    return [replace(term, variant=False) for term in ask.terms]


def _with_kind(ask: Ask, before: Ask) -> Ask:
    """`And cargo bikes?` after a question about a price asks for a price."""
    if any(term.kind for term in ask.terms) or _asks_anew(ask):
        return ask
    asks_otherwise = bool(_OTHER_QUESTION.search(ask.text))
    had = {term.concept or term.word for term in ask.terms}
    lent = tuple(
        replace(term, lent=True)
        for term in before.terms
        if (term.subject or term.variant or (term.kind and not asks_otherwise))
        and (term.concept or term.word) not in had
    )
    return replace(ask, terms=ask.terms + lent)


def _asks_anew(ask: Ask) -> bool:
    """`And do you have helmets?` is a question of its own."""
    return len(ask.text.split()) > _MOST_WORDS and not ask.leans
