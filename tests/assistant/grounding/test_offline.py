"""The offline answerer quotes: whatever it says passes the same gate, in all that its own tests ask it."""

import pytest

from apps.assistant.decision import Request
from apps.assistant.grounds import grounded
from apps.llm.base import LEAD_FIELDS, Passage, Said, Voice
from apps.llm.registry import get
from tests.llm.answer_cases import KNOWN, UNKNOWN
from tests.llm.businesses import business
from tests.llm.chat_cases import TYPED, chat_business

ASKED = [(key, question) for key, question, _ in KNOWN] + UNKNOWN


def verdict(
    name: str, passages: tuple[Passage, ...], *turns: str, limit: int = 1000, wanted: str | None = None
) -> object:
    request = Request(
        business=name,
        persona="",
        language="en",
        said=tuple(Said(Voice.CUSTOMER, turn) for turn in turns),
        unanswered=1,
        passages=tuple(Passage(one.id, one.title, one.text, 1 / 61) for one in passages),
        known={},
        wanted=wanted,
        region="GB",
        max_characters=limit,
        now="2026-07-02T14:30",
        least_confidence=0.3,
    )
    grounding = grounded(get("offline").chat(request), request)
    return grounding.passed, grounding.unsupported


@pytest.mark.parametrize(("key", "question"), ASKED)
def test_what_it_answers_about_a_business_passes(key: str, question: str) -> None:
    name, passages = business(key)
    assert verdict(name, passages, question) == (True, ())


@pytest.mark.parametrize(("key", "question"), ASKED)
def test_what_it_asks_for_after_an_answer_is_no_value(key: str, question: str) -> None:
    name, passages = business(key)
    for wanted in LEAD_FIELDS:
        assert verdict(name, passages, question, wanted=wanted) == (True, ())


@pytest.mark.parametrize(("key", "turns"), [case[:2] for case in TYPED])
def test_what_it_answers_to_typed_questions_passes(key: str, turns: tuple[str, ...]) -> None:
    name, _, passages = chat_business(key)
    assert verdict(name, passages, *turns) == (True, ())


@pytest.mark.parametrize("limit", range(40, 200, 7))
@pytest.mark.parametrize("question", ["What are your prices?", "opening hours pls", "Where are you?"])
def test_what_is_cut_off_passes(limit: int, question: str) -> None:
    for key in ("bike", "hotel", "salon"):
        name, passages = business(key)
        assert verdict(name, passages, question, limit=limit, wanted="name") == (True, ())
