"""The model server speaks OpenAI's protocol: everything here goes through the real client."""

import json
import math
from collections.abc import Iterator
from typing import Any

import httpx2
import openai
import pytest

from sandbox.world.client import World, WorldError
from tests.clocks import PATIENCE

SYSTEM = {"role": "system", "content": "You work for Nora's Bakery.\nFacts: bread at 7."}
ASK = [SYSTEM, {"role": "user", "content": "When is the bread ready?"}]
SCHEMA = {
    "type": "object",
    "properties": {
        "reply": {"type": "string"},
        "stage": {"enum": ["new", "old"]},
        "name": {"type": ["string", "null"]},
        "email": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "score": {"type": "integer"},
        "sure": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"$ref": "#/$defs/place"},
        "optional": {"type": "string"},
    },
    "required": ["reply", "stage", "name", "email", "score", "sure", "tags", "place"],
    "$defs": {"place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "turn", "strict": True, "schema": SCHEMA}}


@pytest.fixture
def client(world: World) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="sk-test", base_url=f"{world.url}/v1", max_retries=0, timeout=PATIENCE) as found:
        yield found


def ask(client: openai.OpenAI, messages: Any = ASK, **more: Any) -> Any:
    return client.chat.completions.create(model="scripted-1", messages=messages, **more)


def test_without_a_script_it_says_the_first_facts(client: openai.OpenAI) -> None:
    answer = ask(client)
    assert answer.choices[0].message.content == "Scripted model: You work for Nora's Bakery. Facts: bread at 7."
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer.usage.prompt_tokens > 10


def test_a_schema_that_was_asked_for_is_satisfied(client: openai.OpenAI) -> None:
    content = json.loads(ask(client, response_format=FORMAT).choices[0].message.content)
    assert content == {
        "reply": "Scripted model: You work for Nora's Bakery. Facts: bread at 7.",
        "stage": "new",
        "name": None,
        "email": None,
        "score": 0,
        "sure": False,
        "tags": [],
        "place": {"city": ""},
    }


def test_what_is_echoed_is_found_in_all_that_was_written_since_the_last_answer(
    world: World, client: openai.OpenAI
) -> None:
    world.script_model([{"when": "*", "reply": {"reply": "Yes: {echo}."}, "echo": "q-[0-9]+"}])
    said = [
        {"role": "user", "content": "q-1"},
        {"role": "assistant", "content": "Yes: q-1."},
        {"role": "user", "content": "q-2 and q-3"},
        {"role": "user", "content": "q-4"},
    ]
    answer = ask(client, [SYSTEM, *said], response_format={"type": "json_object"})
    assert json.loads(answer.choices[0].message.content) == {"reply": "Yes: q-2 q-3 q-4."}


def test_an_echo_that_is_no_regular_expression_is_refused(world: World) -> None:
    with pytest.raises(WorldError, match="regular expression"):
        world.script_model([{"when": "*", "reply": "x", "echo": "q-["}])


def test_a_json_object_that_was_asked_for_is_one(client: openai.OpenAI) -> None:
    content = json.loads(ask(client, response_format={"type": "json_object"}).choices[0].message.content)
    assert content == {"reply": "Scripted model: You work for Nora's Bakery. Facts: bread at 7."}


def test_rules_match_a_part_a_pattern_or_anything_in_turn(world: World, client: openai.OpenAI) -> None:
    world.script_model(
        [
            {"when": "BREAD", "reply": "At seven.", "times": 1},
            {"when": r"\bcak(e|es)\b", "reply": "On Fridays."},
            {"when": "*", "reply": "I do not know."},
        ]
    )
    said = [
        ask(client, [{"role": "user", "content": text}]).choices[0].message.content
        for text in ("Is there bread?", "Is there bread?", "Any cakes?", "Caked mud?")
    ]
    assert said == ["At seven.", "I do not know.", "On Fridays.", "I do not know."]
    assert [call["rule"] for call in world.model_calls()] == ["BREAD", "*", r"\bcak(e|es)\b", "*"]


def test_a_scripted_object_is_completed_by_the_schema(world: World, client: openai.OpenAI) -> None:
    world.script_model([{"when": "*", "reply": {"reply": "Sí", "name": "Ada"}}])
    content = json.loads(ask(client, response_format=FORMAT).choices[0].message.content)
    assert (content["reply"], content["name"], content["stage"]) == ("Sí", "Ada", "new")
    assert json.loads(ask(client).choices[0].message.content) == {"reply": "Sí", "name": "Ada"}


def test_scripted_tool_calls_come_as_tool_calls(world: World, client: openai.OpenAI) -> None:
    calls = [{"name": "hand_off", "arguments": {"reason": "asked"}}, {"name": "note", "arguments": "{broken"}]
    world.script_model([{"when": "*", "reply": {"tool_calls": calls}, "times": 1}])
    tool = {"type": "function", "function": {"name": "hand_off", "parameters": {"type": "object", "properties": {}}}}
    choice = ask(client, tools=[tool]).choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
    assert [call.function.name for call in choice.message.tool_calls] == ["hand_off", "note"]
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"reason": "asked"}
    assert choice.message.tool_calls[1].function.arguments == "{broken"
    assert choice.message.tool_calls[0].id != choice.message.tool_calls[1].id


def test_a_scripted_error_has_openais_shape(world: World, client: openai.OpenAI) -> None:
    error = {"status": 429, "code": "insufficient_quota", "message": "You exceeded your current quota."}
    world.script_model([{"when": "*", "reply": {"error": error}}])
    with pytest.raises(openai.RateLimitError) as caught:
        ask(client)
    assert caught.value.code == "insufficient_quota"


def test_a_delay_is_kept(world: World, client: openai.OpenAI) -> None:
    world.script_model([{"when": "*", "reply": "late", "delay": 3}])
    with pytest.raises(openai.APITimeoutError):
        ask(client, timeout=0.3)


def test_calls_are_logged_whole(world: World, client: openai.OpenAI) -> None:
    ask(client, temperature=0.2)
    (call,) = world.model_calls()
    assert call["path"] == "/v1/chat/completions"
    assert call["status"] == 200
    assert call["body"] == {"model": "scripted-1", "messages": ASK, "temperature": 0.2}


@pytest.mark.parametrize("key", ["", "Bearer", "Bearer sk-invalid", "Basic x"])
def test_a_missing_or_invalid_key_is_refused(world: World, key: str) -> None:
    headers = {"Authorization": key} if key else {}
    for path in ("chat/completions", "embeddings"):
        answer = httpx2.post(f"{world.url}/v1/{path}", headers=headers, json={})
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "invalid_request_error"
    assert world.model_calls() == []


def test_a_wrong_request_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        ask(client, [])
    with pytest.raises(openai.BadRequestError):
        ask(client, stream=True)
    with pytest.raises(openai.NotFoundError):
        client.completions.create(model="scripted-1", prompt="x")


def test_models_are_listed(client: openai.OpenAI) -> None:
    assert "scripted-1" in [model.id for model in client.models.list()]


def embed(client: openai.OpenAI, *texts: str, **more: Any) -> list[list[float]]:
    answer = client.embeddings.create(model="text-embedding-3-small", input=list(texts), **more)
    return [item.embedding for item in answer.data]


def near(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_embeddings_are_the_same_in_both_encodings(client: openai.OpenAI) -> None:
    by_base64 = embed(client, "Fresh bread")[0]  # the client asks for base64 by itself
    by_floats = embed(client, "Fresh bread", encoding_format="float")[0]
    assert len(by_base64) == len(by_floats) == 1536
    assert by_base64 == pytest.approx(by_floats, abs=1e-6)
    assert math.isclose(near(by_floats, by_floats), 1.0, abs_tol=1e-6)


def test_embeddings_have_the_dimensions_asked_for(client: openai.OpenAI) -> None:
    assert [len(vector) for vector in embed(client, "a", "b", dimensions=256)] == [256, 256]
    large = client.embeddings.create(model="text-embedding-3-large", input="a")
    assert len(large.data[0].embedding) == 3072


def test_texts_about_the_same_are_near(client: openai.OpenAI) -> None:
    question, answer, other = embed(
        client, "When does the bakery open?", "The bakery opens at seven.", "Parking costs two euros."
    )
    assert near(question, answer) > near(question, other) + 0.1


@pytest.mark.parametrize("texts", [[], [""], ["x"] * 2049])
def test_what_cannot_be_embedded_is_refused(client: openai.OpenAI, texts: list[str]) -> None:
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="text-embedding-3-small", input=texts)


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("429", openai.RateLimitError),
        ("401", openai.AuthenticationError),
        ("5xx", openai.InternalServerError),
        ("hang", openai.APITimeoutError),
        ("reset", openai.APIConnectionError),
    ],
)
def test_each_refusing_fault(world: World, client: openai.OpenAI, kind: str, error: type[Exception]) -> None:
    world.add_fault(kind, number="model", count=1)
    with pytest.raises(error) as caught:
        ask(client, timeout=0.4 if kind == "hang" else PATIENCE)
    assert isinstance(caught.value, openai.APITimeoutError) is (kind == "hang")
    assert embed(client, "unharmed")
    assert ask(client).choices[0].message.content


def test_slow_bad_json_and_empty(world: World, client: openai.OpenAI) -> None:
    world.add_fault("bad_json", number="model", count=1)
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(client, response_format=FORMAT).choices[0].message.content)
    world.add_fault("empty", number="model", count=1)
    assert ask(client).choices[0].message.content == ""
    world.add_fault("slow", number="model", seconds=1, count=1)
    with pytest.raises(openai.APITimeoutError):
        ask(client, timeout=0.3)


def test_faults_of_numbers_leave_the_model_alone(world: World, client: openai.OpenAI) -> None:
    world.add_fault("429", number="*")
    assert ask(client).choices[0].finish_reason == "stop"


def test_a_rule_that_could_never_match_is_refused(world: World) -> None:
    with pytest.raises(WorldError, match="no regular expression"):
        world.script_model([{"when": "(", "reply": "x"}])
