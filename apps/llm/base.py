"""The protocol between Leadline and whatever writes the bot's replies.

Owns the values that go in (`Prompt`) and come out (`Reply`). A language model renders the prompt as
messages; the offline answerer reads its parts directly. Knows no model, no database, no vendor.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

#: Length of every embedding we store; shorter vectors are padded with zeros (cosine unchanged).
DIMENSIONS = 1536

#: What a lead is asked for, in the order in which it is asked.
LEAD_FIELDS = ("name", "email", "phone", "location")


class Voice(StrEnum):
    """Who said something in the conversation."""

    CUSTOMER = "customer"
    BOT = "bot"
    PERSON = "person"  # somebody of the business


@dataclass(frozen=True)
class Said:
    """One message of the history; `text` as a reader would read it."""

    voice: Voice
    text: str


@dataclass(frozen=True)
class Passage:
    """A piece of the business's knowledge found for this turn. `score` is comparable within one search only."""

    id: int
    title: str
    text: str
    score: float


@dataclass(frozen=True)
class Prompt:
    """Everything a reply may rest on.

    `said` is the history, oldest first; its last `unanswered` entries are the customer's and wait for this
    reply. `known` are the lead fields already had, `asked` the field the bot's last message asked for,
    `wanted` the one field to ask for now (None: ask for nothing), `wanted_after` what to ask for in its place
    when the unanswered messages themselves give it, in order. `language` is a two-letter code, the
    bot's own; the reply follows the customer's. `region` is an ISO country for reading phone numbers. `tone` is
    a word such as "formal", "" for none; `temperature` is 0 to 2, None for the model's own. `now` is the moment by the
    business's clock, in ISO form. `rejected` is an answer to the same that may not be sent, `unsupported` its values
    that stand nowhere in what the reply may rest on.
    """

    business: str
    persona: str
    language: str
    said: tuple[Said, ...]
    unanswered: int
    passages: tuple[Passage, ...] = ()
    known: Mapping[str, str] = field(default_factory=dict)
    asked: str | None = None
    wanted: str | None = None
    wanted_after: tuple[str, ...] = ()
    region: str | None = None
    max_characters: int = 1000
    tone: str = ""
    temperature: float | None = None
    now: str = ""
    rejected: str = ""
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True)
class Usage:
    """Tokens as the provider counted them; zero for the offline answerer."""

    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True)
class Reply:
    """What to say and what was understood.

    `fields` are lead fields found in the unanswered messages, normalised (phone E.164, e-mail lower case).
    `handoff` is the reason why a person should take over, "" when none should. `knows` is False when the
    knowledge held no answer to what was asked. `used` are the ids of the passages the text rests on.
    `asks` is the lead field the text really asks for.
    """

    text: str
    model: str
    fields: Mapping[str, str] = field(default_factory=dict)
    handoff: str = ""
    knows: bool = True
    used: tuple[int, ...] = ()
    asks: str | None = None
    usage: Usage = Usage()


def to_ask(prompt: Prompt, found: Mapping[str, str]) -> str | None:
    """The field to ask for once `found` is known; None for none."""
    if prompt.wanted is None:
        return None
    had = {**prompt.known, **found}
    return next((name for name in (prompt.wanted, *prompt.wanted_after) if name not in had), None)


class LLMError(Exception):
    """The model gave no usable answer. `retryable` says whether asking again later may help; `text` is for people."""

    def __init__(self, text: str, *, retryable: bool) -> None:
        super().__init__(text)
        self.text = text
        self.retryable = retryable


class LLM(Protocol):
    """Writes replies and embeds texts. Both raise LLMError."""

    @property
    def embedder(self) -> str:
        """The name stored with every vector; vectors of two embedders are never compared."""
        ...

    def chat(self, prompt: Prompt) -> Reply:
        """One reply to the unanswered messages; holds no database connection and may take seconds."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A unit vector of DIMENSIONS for each text, in order. No text may be empty."""
        ...
