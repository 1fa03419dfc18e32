"""Models whose meaning of a text is planned by the test, and models that fail."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from apps.bots.models import Bot
from apps.knowledge import search, services
from apps.llm.base import DIMENSIONS, LLM, LLMError, Prompt, Reply


class Planned:
    """Embeds a text along the axis of the first topic it names, on an axis of its own when it names none."""

    def __init__(self, topics: Mapping[str, int], embedder: str = "planned-1") -> None:
        self.embedder = embedder
        self.topics = topics
        self.batches: list[list[str]] = []

    def chat(self, prompt: Prompt) -> Reply:
        raise NotImplementedError

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.batches.append(list(texts))
        return [axis(self._axis_of(text)) for text in texts]

    def _axis_of(self, text: str) -> int:
        return next((place for topic, place in self.topics.items() if topic in text), DIMENSIONS - 1)


class Failing:
    """A model that is out of order."""

    embedder = "failing-1"

    def __init__(self, text: str, *, retryable: bool) -> None:
        self.error = LLMError(text, retryable=retryable)

    def chat(self, prompt: Prompt) -> Reply:
        raise self.error

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        raise self.error


def axis(place: int) -> list[float]:
    """The unit vector along one dimension."""
    return [1.0 if dimension == place else 0.0 for dimension in range(DIMENSIONS)]


def speak_with(monkeypatch: pytest.MonkeyPatch, llm: LLM) -> None:
    """Every bot uses this model from now on."""
    give: Callable[[Bot], LLM] = lambda bot: llm  # noqa: E731 - named for its type
    monkeypatch.setattr(services, "llm_of", give)
    monkeypatch.setattr(search, "llm_of", give)
