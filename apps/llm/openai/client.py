"""The LLM over OpenAI's SDK: one request, at most one more, one answer or one LLMError.

Owns the only use of the SDK. No other module imports it.
"""

import functools
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import openai

from apps.core.http import sdk_client
from apps.llm.base import DIMENSIONS, LLMError, Prompt, Reply
from apps.llm.openai.answers import Unusable, read_reply
from apps.llm.openai.dialects import Output, dialect_of, host_of, shortens
from apps.llm.openai.embeddings import batches, read_vectors
from apps.llm.openai.failures import (
    TOO_SLOW,
    UNREACHABLE,
    UNUSABLE,
    Failure,
    as_error,
    failure_inside,
    failure_of,
)
from apps.llm.openai.messages import SCHEMA, messages

T = TypeVar("T")

_TOOL = "answer_customer"
# Room for the longest reply in its JSON, and for models that think before they write.
_MOST_TOKENS = 3000
_ATTEMPTS = 2
# Servers without keys still get one, because the SDK insists.
_NO_KEY = "none"


@dataclass(frozen=True)
class OpenAILLM:
    """A chat model and an embedding model at one base URL (`https://api.openai.com/v1`).

    `timeout` in seconds bounds each of at most two requests. Raises LLMError when the base URL is none.
    """

    base_url: str
    api_key: str = field(repr=False)
    model: str
    embedding_model: str = "text-embedding-3-small"
    timeout: float = 30.0

    def __post_init__(self) -> None:
        address = urlsplit(self.base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise LLMError(
                f"“{self.base_url}” is not the address of a model's server. Enter one like https://api.openai.com/v1.",
                retryable=False,
            )

    @property
    def embedder(self) -> str:
        """The embedding model's name: its vectors are the same wherever it runs."""
        return self.embedding_model

    def chat(self, prompt: Prompt) -> Reply:
        """One reply, checked against the prompt. Raises LLMError."""
        output = dialect_of(self.base_url).output
        create = self._client().chat.completions.with_raw_response.create
        return self._asked(
            lambda: create(**self._chat_request(prompt)).text,
            lambda payload: read_reply(payload, prompt, output=output, model=self.model),
            self.model,
        )

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A unit vector of DIMENSIONS for each text, in as many requests as their sizes need. Raises LLMError."""
        return [vector for batch in list(batches(texts)) for vector in self._embed(batch)]

    def _embed(self, batch: list[str]) -> list[list[float]]:
        wanted = {"dimensions": DIMENSIONS} if shortens(self.embedding_model) else {}
        create = self._client().embeddings.with_raw_response.create
        return self._asked(
            lambda: create(input=batch, model=self.embedding_model, encoding_format="float", extra_body=wanted).text,
            lambda payload: read_vectors(payload, count=len(batch), model=self.embedding_model),
            self.embedding_model,
        )

    def _chat_request(self, prompt: Prompt) -> dict[str, Any]:
        dialect = dialect_of(self.base_url)
        form: dict[Output, dict[str, Any]] = {
            Output.SCHEMA: {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": _TOOL, "strict": True, "schema": SCHEMA},
                }
            },
            Output.OBJECT: {"response_format": {"type": "json_object"}},
            Output.TOOL: {
                "tools": [{"type": "function", "function": {"name": _TOOL, "parameters": SCHEMA}}],
                "tool_choice": {"type": "function", "function": {"name": _TOOL}},
            },
        }
        return {
            "model": self.model,
            "messages": messages(prompt),
            dialect.limit: _MOST_TOKENS,
            "extra_body": dict(dialect.extra),
            **({} if prompt.temperature is None else {"temperature": prompt.temperature}),
            **form[dialect.output],
        }

    def _client(self) -> openai.OpenAI:
        # No retries in the SDK: it sleeps for as long as a Retry-After says, up to two minutes.
        return openai.OpenAI(
            api_key=self.api_key or _NO_KEY,
            base_url=self.base_url,
            http_client=_http_client(os.getpid(), self.timeout),
            timeout=self.timeout,
            max_retries=0,
        )

    def _asked(self, ask: Callable[[], str], read: Callable[[Any], T], model: str) -> T:
        """What `read` makes of the answer. A fault or an unusable answer is asked for once more, at once."""
        failure = UNUSABLE
        for _ in range(_ATTEMPTS):
            try:
                return read(_payload(ask()))
            except Unusable:
                failure = UNUSABLE
            except _Refused as refused:
                failure = refused.failure
            except openai.APIStatusError as error:
                failure = failure_of(error.status_code, error.body)
            except openai.APITimeoutError:
                failure = TOO_SLOW
            except openai.APIConnectionError:
                failure = UNREACHABLE
            if failure not in _WORTH_ANOTHER_TRY:
                break
        raise as_error(failure, host=host_of(self.base_url), model=model)


class _Refused(Exception):
    """A refusal inside a successful HTTP answer."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


#: A limit on the rate or a time-out is left to the caller's own, later, try.
_WORTH_ANOTHER_TRY = frozenset({UNUSABLE, UNREACHABLE, failure_of(500, None)})


def _payload(text: str) -> Any:
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable("it was no JSON") from error
    if isinstance(payload, dict) and payload.get("error"):
        raise _Refused(failure_inside(payload["error"]))
    return payload


@functools.lru_cache(maxsize=8)
def _http_client(pid: int, timeout: float) -> Any:
    """One pool per process and time-out: a forked child must not write on its parent's connections."""
    return sdk_client(timeout=timeout)
