"""A reply that states what stands nowhere, or is not certain enough, asks for another one; and only once."""

import json
from typing import Any

import pytest

from apps.assistant.decision import Decision, Request, from_json
from apps.assistant.services import decide, decide_again
from apps.core.actions import Effect
from apps.llm.base import Passage, Reply, Said, Usage, Voice
from tests.assistant.conftest import Listening

PASSAGES = (Passage(11, "Hours", "We open at nine.", 2 / 61), Passage(12, "Prices", "A tyre is 20 €.", 1 / 61))
WRONG = Reply("A tyre is 25 €.", "m", fields={"name": "Maya"}, asks="email", usage=Usage(100, 10))
RIGHT = Reply("A tyre is €20.", "m", fields={"email": "maya@example.org"}, used=(12,), usage=Usage(120, 12))


def request_for(text: str = "How much is a tyre?", **fields: Any) -> Request:
    values = {"business": "Acme", "persona": "", "language": "en", "unanswered": 1, "passages": PASSAGES, **fields}
    return Request(said=(Said(Voice.CUSTOMER, text),), **values)


def decided(reply: Reply, **fields: Any) -> Decision:
    return decide(Listening(reply), request_for(**fields))


def test_a_value_that_stands_nowhere_is_named_and_another_reply_is_asked_for() -> None:
    decision = decided(WRONG)
    assert decision.grounding.passed is False
    assert decision.grounding.unsupported == ({"kind": "price", "text": "25 €"},)
    assert decision.grounding.counts == {"price": 1}
    assert decision.again is not None
    assert (decision.again.rejected, decision.again.unsupported) == ("A tyre is 25 €.", ("25 €",))


def test_a_reply_that_stands_in_the_passages_is_final() -> None:
    decision = decided(RIGHT)
    assert (decision.grounding.passed, decision.grounding.checked, decision.again) == (True, 1, None)


def test_the_second_reply_is_final_whatever_it_says_and_both_count() -> None:
    for second, passed in ((RIGHT, True), (WRONG, False)):
        model = Listening(second)
        decision = decide_again(model, decided(WRONG))
        assert (decision.say, decision.grounding.passed, decision.again) == (second.text, passed, None)
        assert (len(model.prompts), decision.tokens_in) == (1, 100 + second.usage.tokens_in)
        assert decision.grounding.first is not None
        assert decision.grounding.first["unsupported"] == ({"kind": "price", "text": "25 €"},)


def test_what_only_the_first_reply_found_of_the_lead_is_kept_and_what_it_asked_is_not() -> None:
    assert decide_again(Listening(RIGHT), decided(WRONG)).effects == (
        Effect("leads.save_fields", {"fields": {"name": "Maya", "email": "maya@example.org"}}),
    )


@pytest.mark.parametrize(
    ("reply", "text", "confidence"),
    [
        (Reply("Hello!", "m"), "Hi", 1.0),
        (Reply("We open at nine.", "m", used=(11,)), "When?", 1.0),
        (Reply("A tyre is 20 €.", "m", used=(12,)), "How much?", 0.5),
        (Reply("We do.", "m", used=(12,)), "Do you?", 0.5),
        (Reply("Yes, it is £30.", "m"), "Is it £30?", 0.5),
        (Reply("Yes, we do.", "m"), "Do you?", 0.4),
        (Reply("I do not know that.", "m", knows=False), "Do you?", 1.0),
        (Reply("At nine, for 25 €.", "m"), "When?", 0.5),
    ],
)
def test_confidence_is_that_of_the_weakest_ground(reply: Reply, text: str, confidence: float) -> None:
    decision = decide(Listening(reply), request_for(text))
    assert decision.grounding.confidence == pytest.approx(confidence, abs=0.001)


def test_less_confidence_than_the_bot_asks_for_does_not_pass() -> None:
    assert decided(RIGHT, least_confidence=0.5).grounding.passed is True
    decision = decided(RIGHT, least_confidence=0.6)
    assert (decision.grounding.passed, decision.again is not None, decision.grounding.counts) == (False, True, {})


@pytest.mark.parametrize(
    "ground",
    [
        {"persona": "Tyres are 25 euros."},
        {"business": "Tyres at 25 EUR"},
        {"known": {"location": "25 € Street"}},
        {"said": (Said(Voice.BOT, "It is 25 €."), Said(Voice.CUSTOMER, "Sure?"))},
        {"said": (Said(Voice.PERSON, "It is 25 €."), Said(Voice.CUSTOMER, "Sure?"))},
        {"said": (Said(Voice.CUSTOMER, "I was told 25 €"),)},
        {"passages": (Passage(1, "Tyres for 25 €", "All of them.", 1 / 61),)},
    ],
)
def test_everything_the_model_was_told_is_evidence(ground: dict[str, Any]) -> None:
    values = {"business": "Acme", "persona": "", "language": "en", "unanswered": 1, **ground}
    request = Request(**{"said": (Said(Voice.CUSTOMER, "How much?"),), **values})
    assert decide(Listening(WRONG), request).grounding.passed is True


def test_the_customers_region_says_what_comes_first_in_a_date() -> None:
    passages = (Passage(1, "", "Closed on 5 July.", 2 / 61),)
    for region, passes in (("GB", False), ("US", True), (None, True)):
        decision = decided(Reply("Closed on 07/05.", "m"), passages=passages, region=region)
        assert decision.grounding.passed is passes


def test_a_decision_survives_as_json_with_what_is_to_be_asked_next() -> None:
    for decision in (decided(WRONG, known={"name": "Maya"}, now="2026-07-05T10:00+01:00"), decided(RIGHT)):
        assert from_json(json.loads(json.dumps(decision.as_json()))) == decision
    second = decide_again(Listening(RIGHT), decided(WRONG))
    kept = from_json(json.loads(json.dumps(second.as_json())))
    assert (kept.say, kept.grounding.passed, kept.effects) == (second.say, True, second.effects)
