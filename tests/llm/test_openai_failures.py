"""Whatever goes wrong at the model's server is told in words for people, and whether later may help."""

from collections.abc import Callable

import pytest

from apps.llm.base import LLMError
from apps.llm.openai.client import OpenAILLM
from tests.clocks import Stopwatch
from tests.llm.server import Answer, Server, replied, said
from tests.llm.test_openai_chat import PROMPT, llm

Serving = Callable[..., Server]


def _error(status: int, code: str | None = None, message: str = "no sk-secret", **more: str) -> Answer:
    return Answer(
        {"error": {"message": message, "type": "x", "code": code}}, status=status, headers=tuple(more.items())
    )


def _inside(code: object) -> Answer:
    return Answer({"error": {"message": "no", "code": code}})


@pytest.mark.parametrize(
    ("answer", "text", "retryable", "requests"),
    [
        (_error(401), "127.0.0.1 did not accept the API key. Enter a valid key for the model.", False, 1),
        (
            _error(403),
            "127.0.0.1 does not allow this key to use the model small-model. Check the key's rights.",
            False,
            1,
        ),
        (
            _error(404, "model_not_found"),
            "127.0.0.1 does not know the model small-model. Check the model's name and the address.",
            False,
            1,
        ),
        (
            _error(429, "insufficient_quota"),
            "127.0.0.1 has no credit left for this key. Add credit there or enter another key.",
            False,
            1,
        ),
        (
            _error(402),
            "127.0.0.1 has no credit left for this key. Add credit there or enter another key.",
            False,
            1,
        ),
        (
            _error(429, "rate_limit_exceeded"),
            "127.0.0.1 is asked too often at the moment. It will be asked again shortly.",
            True,
            1,
        ),
        (
            _error(400, "context_length_exceeded"),
            "The conversation with its knowledge is too long for the model small-model. "
            "Choose a model that takes more.",
            False,
            1,
        ),
        (
            _error(400, None, "This model's maximum context length is 4096 tokens"),
            "The conversation with its knowledge is too long for the model small-model. "
            "Choose a model that takes more.",
            False,
            1,
        ),
        (
            _error(400, None, "response_format is not supported"),
            "127.0.0.1 refused the request. Check that the model small-model exists there "
            "and can answer in structured form.",
            False,
            1,
        ),
        (_error(500), "127.0.0.1 has a fault at the moment. It will be asked again shortly.", True, 2),
        (
            Answer(b"<html>gateway</html>", status=502),
            "127.0.0.1 has a fault at the moment. It will be asked again shortly.",
            True,
            2,
        ),
        (
            _inside(402),
            "127.0.0.1 has no credit left for this key. Add credit there or enter another key.",
            False,
            1,
        ),
        (_inside("429"), "127.0.0.1 is asked too often at the moment. It will be asked again shortly.", True, 1),
        (_inside(None), "127.0.0.1 has a fault at the moment. It will be asked again shortly.", True, 2),
    ],
)
def test_refusal_is_told_in_words_for_people(
    serving: Serving, answer: Answer, text: str, retryable: bool, requests: int
) -> None:
    server = serving(answer)
    with pytest.raises(LLMError) as failed:
        llm(server).chat(PROMPT)
    assert (failed.value.text, failed.value.retryable) == (text, retryable)
    assert len(server.asked) == requests


def test_fault_that_passes_is_not_noticed(serving: Serving) -> None:
    server = serving(_error(503), said(replied()))
    assert llm(server).chat(PROMPT).text == "A city bike costs €12 per day."


def test_long_retry_after_is_not_slept_on(serving: Serving) -> None:
    asked = llm(serving(_error(429, "rate_limit_exceeded", **{"retry-after": "60"})))
    with Stopwatch() as took, pytest.raises(LLMError):
        asked.chat(PROMPT)
    assert took.seconds < 5


def test_slow_server_is_given_up_after_the_time_out(serving: Serving) -> None:
    server = serving(Answer({}, wait=3.0))
    impatient = llm(server, timeout=0.3)
    with Stopwatch() as took, pytest.raises(LLMError) as failed:
        impatient.chat(PROMPT)
    assert (failed.value.text, failed.value.retryable) == (
        "127.0.0.1 took too long to answer. It will be asked again shortly.",
        True,
    )
    assert took.seconds < 2
    assert len(server.asked) == 1


def test_server_that_is_not_there_is_unreachable(serving: Serving) -> None:
    server = serving(said(replied()))
    gone = llm(server, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(LLMError) as failed:
        gone.chat(PROMPT)
    assert failed.value.text == "127.0.0.1 could not be reached. Check the address of the model's server."
    assert failed.value.retryable
    assert server.asked == []


@pytest.mark.parametrize("address", ["", "api.openai.com/v1", "ftp://example.org", "http://"])
def test_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(LLMError) as refused:
        OpenAILLM(base_url=address, api_key="k", model="m")
    assert refused.value.text == (
        f"“{address}” is not the address of a model's server. Enter one like https://api.openai.com/v1."
    )


def test_key_is_not_shown_in_the_repr() -> None:
    assert "sk-secret" not in repr(OpenAILLM(base_url="https://example.org/v1", api_key="sk-secret", model="m"))
