"""What goes to the model beside its prompt, and what comes back. Frozen values; knows no table.

A decision survives the hands that made it: `as_json` and `from_json` take it to a row and back.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.core.actions import Effect
from apps.llm.base import Passage, Prompt, Said, Voice

#: The acts that a decision may ask for.
SAVE_FIELDS, MARK_ASKED = "leads.save_fields", "leads.mark_asked"


@dataclass(frozen=True)
class Request(Prompt):
    """A prompt, with what is not for the model.

    `shared` are the lead fields that the messages give by their form, not in words: a place that was shared.
    `least_confidence` is what the bot asks of a reply.
    """

    shared: Mapping[str, str] = field(default_factory=dict)
    least_confidence: float = 0.0

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all that it tells."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Grounding:
    """What the gate said of a reply, as the turn keeps it. `unsupported` are {"kind": …, "text": …}.

    `first` is the same of an answer before it, which was not said.
    """

    passed: bool = True
    confidence: float = 1.0
    least: float = 0.0
    checked: int = 0
    unsupported: tuple[Mapping[str, str], ...] = ()
    first: Mapping[str, Any] | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many values stand nowhere, by kind."""
        kinds = [value["kind"] for value in self.unsupported]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}

    def as_json(self) -> dict[str, Any]:
        """For a row."""
        return {**asdict(self), "counts": self.counts}


@dataclass(frozen=True)
class Decision:
    """What to say and do about the unanswered messages.

    `handoff` is the reason why a person should take over, "" when none should. `knows`: whether the knowledge
    held an answer; None when nothing was asked of it. `passages` are what the reply could rest on:
    {"chunk": id, "score": float, "used": bool}. `milliseconds` is the model's time. A reply that did not pass the gate
    is never said; `again` is what the model is to be asked in its place, None when it had its second try. `prompt` is
    the SHA-256 of all that it was told: two answers to one prompt were the model's own choice.
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
    grounding: Grounding = Grounding()
    again: Request | None = None
    prompt: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a row."""
        return asdict(self)


def from_json(kept: Mapping[str, Any]) -> Decision:
    """The decision that was kept as `as_json`."""
    return Decision(
        **{
            **kept,
            "effects": tuple(Effect(effect["action"], effect["params"]) for effect in kept["effects"]),
            "passages": tuple(kept["passages"]),
            "grounding": Grounding(**{**kept["grounding"], "unsupported": tuple(kept["grounding"]["unsupported"])}),
            "again": _request(kept["again"]) if kept["again"] else None,
        }
    )


def _request(kept: Mapping[str, Any]) -> Request:
    return Request(
        **{
            **kept,
            "said": tuple(Said(Voice(said["voice"]), said["text"]) for said in kept["said"]),
            "passages": tuple(Passage(**passage) for passage in kept["passages"]),
            "wanted_after": tuple(kept["wanted_after"]),
            "unsupported": tuple(kept["unsupported"]),
        }
    )
