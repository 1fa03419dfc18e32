"""Models that tell what they were told: one for each bot, so that the answer shows whose question it was."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from apps import tenants
from apps.bots.models import Bot
from apps.llm.base import LLMError, Prompt, Reply
from tests.furnished import Parrot


@dataclass
class Line:
    """What every model was told, with the schema in which it was asked and the bot whose model it is."""

    told: list[tuple[str, str, Prompt]] = field(default_factory=list)


@dataclass
class Bots(Parrot):
    """The model of one bot. Asked to break, it breaks with the bot's own words in its error."""

    bot: Bot | None = None
    line: Line = field(default_factory=Line)

    def chat(self, prompt: Prompt) -> Reply:
        """Repeats what it was told, under the name that the bot gives its model."""
        assert self.bot is not None
        self.line.told.append((tenants.schema(), self.bot.name, prompt))
        if "break" in prompt.said[-1].text:
            raise LLMError(f"The model {self.bot.model} does not exist.", retryable=False)
        reply = super().chat(prompt)
        return Reply(reply.text, self.bot.model, fields=reply.fields, used=reply.used)


def stand_in(monkeypatch: pytest.MonkeyPatch) -> Line:
    """Every bot has such a model from now on."""
    line = Line()

    def model_of(bot: Bot) -> Any:
        return Bots(bot=bot, line=line)

    for place in ("apps.dialogue.services", "apps.knowledge.search", "apps.knowledge.services"):
        monkeypatch.setattr(f"{place}.llm_of", model_of)
    return line
