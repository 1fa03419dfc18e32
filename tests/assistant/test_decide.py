"""What a model's reply asks for."""

import pytest

from apps.assistant.decision import Decision, Grounding, Request
from apps.assistant.services import decide
from apps.core.actions import Effect
from apps.llm.base import LLMError, Passage, Reply, Said, Usage, Voice
from tests.assistant.conftest import Listening
from tests.knowledge.llms import Failing

PASSAGES = (Passage(11, "Hours", "We open at nine.", 0.0327868852), Passage(12, "Prices", "A tyre is 20 €.", 0.0161))


def request_for(**fields: object) -> Request:
    values = {"business": "Acme", "persona": "", "language": "en", "unanswered": 1, "passages": PASSAGES, **fields}
    return Request(said=(Said(Voice.CUSTOMER, "When do you open?"),), **values)  # type: ignore[arg-type] # by the test


def decided(reply: Reply, **fields: object) -> Decision:
    return decide(Listening(reply), request_for(**fields))


def test_reply_becomes_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 100.25])
    monkeypatch.setattr("apps.assistant.services.time.monotonic", lambda: next(clock))
    llm = Listening(
        Reply(text=" At nine. Your name? ", model="m-1", fields={"email": "maya@example.org"}, used=(11,), asks="name",
              usage=Usage(120, 30))
    )  # fmt: skip
    request = request_for()
    assert decide(llm, request) == Decision(
        say="At nine. Your name?",
        effects=(
            Effect("leads.save_fields", {"fields": {"email": "maya@example.org"}}),
            Effect("leads.mark_asked", {"field": "name"}),
        ),
        handoff="",
        knows=True,
        passages=({"chunk": 11, "score": 0.032787, "used": True}, {"chunk": 12, "score": 0.0161, "used": False}),
        model="m-1",
        tokens_in=120,
        tokens_out=30,
        milliseconds=250,
        grounding=Grounding(checked=1),
        prompt=request.fingerprint,
    )
    assert llm.prompts == [request]


@pytest.mark.parametrize(
    ("knows", "used", "outcome"), [(True, (11,), True), (True, (), None), (False, (), False), (False, (11,), False)]
)
def test_whether_the_knowledge_held_the_answer(knows: bool, used: tuple[int, ...], outcome: bool | None) -> None:
    assert decided(Reply(text="Hm.", model="m", knows=knows, used=used)).knows is outcome


def test_reason_for_a_person_is_handed_on() -> None:
    assert decided(Reply(text="One moment.", model="m", handoff="Wants a refund.")).handoff == "Wants a refund."


def test_reply_that_finds_and_asks_nothing_has_no_effects() -> None:
    assert decided(Reply(text="Hello!", model="m")).effects == ()


@pytest.mark.parametrize("fields", [{"name": "Maya"}, {"age": "30"}, {"email": ""}])
def test_what_is_known_empty_or_no_field_is_not_saved(fields: dict[str, str]) -> None:
    assert decided(Reply(text="Hm.", model="m", fields=fields), known={"name": "Maya"}).effects == ()


def test_changed_field_is_saved() -> None:
    effects = decided(Reply(text="Hm.", model="m", fields={"name": "Maia"}), known={"name": "Maya"}).effects
    assert effects == (Effect("leads.save_fields", {"fields": {"name": "Maia"}}),)


def test_unknown_field_asked_for_is_not_marked() -> None:
    assert decided(Reply(text="How old are you?", model="m", asks="age")).effects == ()


def test_shared_place_is_saved_whatever_the_model_read_in_it() -> None:
    place = {"location": "Main Square 1, Leeds"}
    reply = Reply(text="Thanks.", model="m", fields={"location": "Main Square", "name": "Maya"})
    assert decided(reply, known=place, shared=place).effects == (
        Effect("leads.save_fields", {"fields": {"name": "Maya", "location": "Main Square 1, Leeds"}}),
    )


def test_model_that_gives_no_answer_raises_its_text() -> None:
    with pytest.raises(LLMError) as failed:
        decide(Failing("The model is busy.", retryable=True), request_for())
    assert (failed.value.text, failed.value.retryable) == ("The model is busy.", True)
