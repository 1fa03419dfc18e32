"""How servers of OpenAI's API differ.

Data only: the way to ask for structured output and the name of the limit on tokens, by host.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class Output(StrEnum):
    """How a server is made to answer in our form."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"  # the word JSON must stand in the prompt, which it always does
    TOOL = "tool"


@dataclass(frozen=True)
class Dialect:
    """What one server understands. `extra` goes into the request's body as it is."""

    output: Output = Output.SCHEMA
    limit: str = "max_tokens"
    extra: Mapping[str, Any] = field(default_factory=dict)


#: Facts as of 2026-11: developers.openai.com, openrouter.ai/docs, api-docs.deepseek.com, platform.claude.com.
DIALECTS: Mapping[str, Dialect] = {
    "api.openai.com": Dialect(limit="max_completion_tokens"),
    # Without it OpenRouter routes to models that silently ignore the schema.
    "openrouter.ai": Dialect(extra={"provider": {"require_parameters": True}}),
    "api.deepseek.com": Dialect(output=Output.OBJECT),
    # Anthropic's endpoint ignores response_format.
    "api.anthropic.com": Dialect(output=Output.TOOL),
}
#: Ollama, vLLM and whatever else speaks the API.
DEFAULT = Dialect()


def host_of(base_url: str) -> str:
    """The host of a base URL, for people and for the table."""
    return urlsplit(base_url).hostname or base_url


def dialect_of(base_url: str) -> Dialect:
    """The dialect of the server at the base URL."""
    return DIALECTS.get(host_of(base_url), DEFAULT)


def shortens(embedding_model: str) -> bool:
    """Whether the model takes `dimensions`; others answer 400 to it."""
    return "text-embedding-3" in embedding_model
