"""A language model whose answers a test writes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from apps.llm.base import Prompt, Reply, Usage


@dataclass
class Model:
    """Answers from `answers`, first to last, then always the same; `meanwhile` happens while it thinks."""

    answers: list[Reply | Exception] = field(default_factory=list)
    prompts: list[Prompt] = field(default_factory=list)
    meanwhile: list[Callable[[], object]] = field(default_factory=list)
    embedded: int = 0
    embedder: str = "test"

    def chat(self, prompt: Prompt) -> Reply:
        """The next answer."""
        self.prompts.append(prompt)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        answer = self.answers.pop(0) if self.answers else Reply("We open early.", "test", usage=Usage(7, 3))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One direction for all."""
        self.embedded += len(texts)
        return [[1.0] + [0.0] * 1535 for _ in texts]
