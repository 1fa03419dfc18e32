"""The offline answerer behind the protocol of `apps.llm.base`.

Owns nothing but the shape; see `chat` and `embed`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.llm.base import Prompt, Reply
from apps.llm.offline import embed
from apps.llm.offline.chat import chat


@dataclass(frozen=True)
class OfflineLLM:
    """Answers from the passages alone; it is not a language model and the panel says so."""

    embedder: str = embed.NAME

    def chat(self, prompt: Prompt) -> Reply:
        """One reply, quoted from the passages; never raises."""
        return chat(prompt)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Hashed vectors; raises LLMError for an empty text."""
        return embed.embed(texts)
