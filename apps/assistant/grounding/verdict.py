"""What the gate says of a reply."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is."""

    NUMBER = "number"
    PRICE = "price"
    DATE = "date"
    TIME = "time"
    URL = "url"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True)
class Value:
    """Something in a reply that must be true, about as it was written."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Verdict:
    """Which of the `checked` values stand nowhere in the evidence, and how far the rest can be relied on, 0 to 1."""

    unsupported: tuple[Value, ...] = ()
    checked: int = 0
    confidence: float = 1.0

    @property
    def counts(self) -> dict[str, int]:
        """How many are unsupported of each kind."""
        return dict(Counter(value.kind.value for value in self.unsupported))

    def passes(self, least: float) -> bool:
        """Whether the reply may be sent by a bot that asks for at least so much confidence."""
        return not self.unsupported and self.confidence >= least
