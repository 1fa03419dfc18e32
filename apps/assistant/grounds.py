"""What a reply may rest on, and how far: the evidence of a request, for the gate.

A passage weighs what the search says of it, what the business itself wrote weighs most, and what only the customer said
weighs half: `is it £20?` makes nothing cost £20.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from apps.assistant.decision import Grounding, Request
from apps.assistant.grounding.gate import Evidence, check
from apps.assistant.grounding.phones import calling_code
from apps.assistant.grounding.values import Locale
from apps.knowledge.search import K
from apps.llm.base import Passage, Reply, Voice

#: The fused score of a passage that both ways of searching find first.
BEST_SCORE = 2 / (K + 1)
CUSTOMERS_WORD = 0.5
#: Of an answer to a question that rests on no passage, and does not say that it knows none.
OUT_OF_NOTHING = 0.4
#: Where the month comes before the day.
MONTH_FIRST = frozenset({"US", "PH", "FM", "PW", "GU", "PR", "VI", "AS", "MP"})


def grounded(reply: Reply, request: Request) -> Grounding:
    """What the gate says of the reply."""
    verdict = check(
        reply.text,
        evidence(request),
        locale=Locale(request.region in MONTH_FIRST if request.region else None, calling_code(request.region)),
        now=datetime.fromisoformat(request.now) if request.now else None,
        rests_on=_rests_on(reply, request),
    )
    return Grounding(
        passed=verdict.passes(request.least_confidence),
        confidence=verdict.confidence,
        least=request.least_confidence,
        checked=verdict.checked,
        unsupported=tuple({"kind": value.kind.value, "text": value.text} for value in verdict.unsupported),
    )


def again(request: Request, reply: Reply, grounding: Grounding) -> Request:
    """What to ask the model for in place of the reply."""
    return replace(request, rejected=reply.text, unsupported=tuple(value["text"] for value in grounding.unsupported))


def evidence(request: Request) -> Iterator[Evidence]:
    """All that the reply may rest on."""
    yield Evidence(f"{request.business}\n{request.persona}")
    yield Evidence("\n".join(request.known.values()))
    for passage in request.passages:
        yield Evidence(f"{passage.title}\n{passage.text}", strength(passage))
    for said in request.said:
        yield Evidence(said.text, CUSTOMERS_WORD if said.voice is Voice.CUSTOMER else 1.0)


def strength(passage: Passage) -> float:
    """How good a find it is, 0 to 1: 1 when words and meaning both find it first, about a half when only one does."""
    return min(max(passage.score / BEST_SCORE, 0.0), 1.0)


def _rests_on(reply: Reply, request: Request) -> float:
    """The confidence of a reply without any value."""
    used = [strength(passage) for passage in request.passages if passage.id in reply.used]
    if used:
        return max(used)
    asked = any("?" in said.text for said in request.said[len(request.said) - request.unanswered :])
    return OUT_OF_NOTHING if asked and reply.knows else 1.0
