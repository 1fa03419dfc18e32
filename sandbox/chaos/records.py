"""What is known of a fault's run, as frozen values: what was asked, accepted, stored, decided and committed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """A message of a customer. `accepted_at`: Unix seconds of the first 2xx, None when there was none."""

    wamid: str
    tag: str
    conversation: str  # number and phone
    accepted_at: float | None


@dataclass(frozen=True)
class Taken:
    """A line of the world's ledger: what the provider accepted, in its order."""

    order: int
    key: str
    conversation: str
    text: str
    at: float


@dataclass(frozen=True)
class Ours:
    """A message of ours, as the database has it. `attempts`: how often `sending` was committed."""

    id: int
    key: str
    conversation: str  # number and id: two workspaces have a conversation 7 each
    author: str
    state: str
    text: str
    attempts: int


@dataclass(frozen=True)
class Switch:
    """Something that was committed, and when: taken, given (back to the bot), or sending."""

    conversation: str  # number and id: two workspaces have a conversation 7 each
    what: str
    author: str
    committed_at: float


@dataclass(frozen=True)
class Evidence:
    """All that the counters read. Only `ours`, `rows`, `turns` and `switches` come from the database."""

    asked: tuple[Asked, ...]
    ledger: tuple[Taken, ...]
    revealed: frozenset[str]  # keys whose fate the provider has told us, by an answer or a status
    perhaps: frozenset[str]  # keys whose answer may have died with who read it, and of which no status tells
    rows: Mapping[str, int]  # wamid -> rows of it
    ours: tuple[Ours, ...]
    turns: Mapping[str, tuple[str, ...]]  # wamid -> outcomes of the turns that were about it
    switches: tuple[Switch, ...]
    answered_in_person: Collection[str] = ()  # keys of what people wrote and we accepted


@dataclass(frozen=True)
class Expected:
    """What counts as led to what it must, besides an answer."""

    outcomes: Collection[str] = ()  # of turns that need not speak
    answers: bool = True  # False: an outcome of a turn, whichever, is all that is asked
