"""What goes to the model beside its prompt, and what comes back. Frozen values; knows no table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.core.actions import Effect
from apps.llm.base import Prompt


@dataclass(frozen=True)
class Request(Prompt):
    """A prompt, with the lead fields that the messages give by their form, not in words: a place that was shared."""

    shared: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Decision:
    """What to say and do about the unanswered messages.

    `handoff` is the reason why a person should take over, "" when none should. `knows`: whether the knowledge
    held an answer; None when nothing was asked of it. `passages` are what the reply could rest on:
    {"chunk": id, "score": float, "used": bool}. `milliseconds` is the model's time.
    """

    say: str
    effects: tuple[Effect, ...]
    handoff: str
    knows: bool | None
    passages: tuple[dict[str, Any], ...]
    model: str
    tokens_in: int
    tokens_out: int
    milliseconds: int
