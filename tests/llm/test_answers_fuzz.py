"""Whatever a model's server sends and people write: only documented errors, only what can be stored."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.llm.base import LEAD_FIELDS, LLMError, Prompt, Reply, Said, Voice
from apps.llm.fields.contacts import normalise_email, normalise_phone
from apps.llm.openai.answers import Unusable, read_reply
from apps.llm.openai.dialects import Output
from apps.llm.openai.embeddings import read_vectors
from apps.llm.openai.failures import as_error, failure_inside, failure_of
from tests.providers.test_parse_fuzz import JSON, must_be_storable

PROMPT = Prompt(
    business="Acme", persona="", language="en", said=(Said(Voice.CUSTOMER, "I am Maya, +44 7700 900123"),), unanswered=1
)
often = settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def read(payload: Any, output: Output) -> Reply | None:
    try:
        return read_reply(payload, PROMPT, output=output, model="m")
    except Unusable:
        return None


@often
@given(payload=JSON, output=st.sampled_from(Output))
def test_any_json_is_a_reply_or_unusable(payload: Any, output: Output) -> None:
    read(payload, output)


#: An answer in the form asked for, each part of it replaced by anything at times.
ANSWER = st.fixed_dictionaries(
    {
        "reply": st.text(min_size=1) | JSON,
        "fields": st.dictionaries(st.sampled_from([*LEAD_FIELDS, "x"]), st.text() | JSON, max_size=4) | JSON,
        "handoff_reason": st.none() | st.text() | JSON,
        "knows": st.booleans() | JSON,
        "used_passages": st.lists(st.integers(), max_size=3) | JSON,
        "asks": st.none() | st.sampled_from([*LEAD_FIELDS, "x"]) | JSON,
    }
)


@often
@given(answer=ANSWER)
def test_any_answer_in_a_completion_is_bounded_and_storable(answer: Any) -> None:
    payload = {"choices": [{"message": {"content": json.dumps(answer)}, "finish_reason": "stop"}]}
    reply = read(payload, Output.OBJECT)
    if reply is not None:
        must_be_storable([reply.text, dict(reply.fields), reply.handoff, reply.asks])
        assert 0 < len(reply.text) <= PROMPT.max_characters
        assert set(reply.fields) <= set(LEAD_FIELDS)


@often
@given(content=st.text())
@example(content="[" * 100_000)
@example(content="1" * 5_000)
def test_any_text_in_a_completion_is_survived(content: str) -> None:
    read({"choices": [{"message": {"content": content}, "finish_reason": "stop"}]}, Output.SCHEMA)


@often
@given(vector=st.lists(st.floats() | st.integers(), max_size=4) | JSON)
@example(vector=[1e154] * 4)
@example(vector=[10**400])
def test_any_vector_is_of_length_one_or_refused(vector: Any) -> None:
    try:
        (made,) = read_vectors({"data": [{"index": 0, "embedding": vector}]}, count=1, model="m")
    except (Unusable, LLMError):
        return
    assert sum(number * number for number in made) == pytest.approx(1.0)


@often
@given(error=JSON, status=st.integers(100, 599))
@example(error={"code": "²"}, status=200)
@example(error={"code": "9" * 5_000}, status=200)
def test_any_refusal_is_understood(error: Any, status: int) -> None:
    for failure in (failure_of(status, error), failure_inside(error)):
        assert str(as_error(failure, host="h", model="m"))


@often
@given(text=st.text(max_size=400), region=st.none() | st.sampled_from(["GB", "ES", "BR", "XX", ""]))
def test_any_text_is_an_address_or_a_number_or_none(text: str, region: str | None) -> None:
    email, phone = normalise_email(text), normalise_phone(text, region)
    assert email is None or (email.count("@") == 1 and len(email) <= 254)
    assert phone is None or (phone[0] == "+" and phone[1:].isdigit())
