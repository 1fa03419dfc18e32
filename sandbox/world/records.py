"""The things the sandbox world knows, as frozen values: numbers, people, messages, what was accepted.

Owns their fields, their defaults and how they are read from JSON. Knows nothing of HTTP.
"""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal, TypeVar

import phonenumbers

T = TypeVar("T")

Direction = Literal["to_business", "from_business"]


class Unusable(ValueError):
    """What the caller sent cannot be used; the text says why and what to do, for people."""


@dataclass(frozen=True)
class Number:
    """A business number registered with the sandbox's Meta app. Durations in seconds unless named so."""

    phone_number_id: str
    display_phone_number: str
    waba_id: str
    token: str = ""
    app_secret: str = ""
    webhook_url: str = ""
    verified_name: str = ""
    per_second: int = 0  # accepted messages in any second before 130429; 0 = no limit
    pair_seconds: float = 0.0  # least time between two messages to one person before 131056; 0 = no limit
    window_hours: float = 24.0  # customer service window; 0 = not enforced
    any_recipient: bool = False  # everybody is on WhatsApp and wrote; for those who sign their own webhooks
    sent_after: float = 0.05
    delivered_after: float = 0.15
    read_after: float = 0.4
    retry_first: float = 1.0  # first redelivery of a refused webhook; doubles each time
    retry_cap: float = 30.0
    webhook_timeout: float = 10.0


@dataclass(frozen=True)
class Person:
    """Somebody with WhatsApp. Without `has_phone` the business sees only user id and username."""

    phone: str
    name: str
    has_phone: bool = True
    phone_open: bool = True  # looks at the phone, so what is delivered is also read
    username: str = ""

    @property
    def user_id(self) -> str:
        """Business-scoped user id, `CC.<20 digits>`; the same phone always has the same one."""
        digest = hashlib.sha256(self.phone.encode()).digest()
        return f"{country_of(self.phone)}.{int.from_bytes(digest[:8], 'big'):020d}"

    @property
    def wa_id(self) -> str | None:
        """The phone as the business sees it, digits only, or None."""
        return self.phone if self.has_phone else None


@dataclass
class ChatMessage:
    """One message in the thread of a person and a number, as the phone shows it."""

    order: int
    wamid: str
    number: str
    person: str
    direction: Direction
    type: str
    content: Any
    text: str
    at: float  # Unix seconds
    state: str  # to_business: sending, sent, read; from_business: accepted, sent, delivered, read, failed
    source: str  # person, api or echo
    opaque: str | None = None
    context: str | None = None
    error: int | None = None
    reaction: str = ""  # the emoji the other side put on it


@dataclass
class Accepted:
    """One line of the ledger: a message the Graph API accepted with 200."""

    order: int
    wamid: str
    number: str
    to: str
    type: str
    text: str
    opaque: str | None
    at: float
    failed: int | None = None


@dataclass(frozen=True)
class Tried:
    """One send as it reached the Graph API. `outcome`: accepted, the code of a refusal, or the fault it met.

    `accepted` says whether it is in the ledger, whatever the caller was told.
    """

    order: int
    number: str
    to: str
    opaque: str | None
    outcome: str
    accepted: bool
    at: float


@dataclass(frozen=True)
class Attempt:
    """One POST of a webhook. `status` is the HTTP status, 0 when there was no answer."""

    at: float
    status: int
    detail: str = ""


@dataclass
class Delivery:
    """One webhook with everything that was tried. `label` is message:<type>, status:<state> or the field."""

    order: int
    number: str
    person: str
    label: str
    body: str
    wamid: str = ""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return any(attempt.status == 200 for attempt in self.attempts)


@dataclass
class Thread:
    """What a phone shows of its chat with one number."""

    messages: list[ChatMessage] = field(default_factory=list)
    typing_until: float = 0.0
    last_written_at: float = 0.0  # timestamp of the person's newest message; opens the service window


def read_record(kind: type[T], data: Any) -> T:
    """Build a record from a JSON object. Raises Unusable for a missing, unknown or mistyped field."""
    if not isinstance(data, Mapping):
        raise Unusable(f"A JSON object with the fields of {kind.__name__} is needed.")
    known = {item.name: item for item in fields(kind)}  # type: ignore[arg-type]  # every kind is a dataclass
    if unknown := sorted(set(data) - set(known)):
        raise Unusable(f"{kind.__name__} has no field {', '.join(unknown)}; it has {', '.join(known)}.")
    missing = [
        name
        for name, item in known.items()
        if name not in data and item.default is MISSING and item.default_factory is MISSING
    ]
    if missing:
        raise Unusable(f"{kind.__name__} needs {', '.join(missing)}.")
    return kind(**{name: _typed(kind, name, known[name].type, value) for name, value in data.items()})


def _typed(kind: type, name: str, wanted: Any, value: Any) -> Any:
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if wanted in (str, int, float, bool) and type(value) is not wanted:
        raise Unusable(f"{kind.__name__}.{name} must be {wanted.__name__}, not {type(value).__name__}.")
    return value


def digits(value: Any) -> str:
    """The digits of a phone number, so that "+1 415-555-2671" and "14155552671" are the same person."""
    return "".join(char for char in str(value) if char.isascii() and char.isdigit())


def country_of(phone: str) -> str:
    """ISO country of a phone in international digits; "ZZ" when there is none."""
    try:
        parsed = phonenumbers.parse(f"+{phone}")
    except phonenumbers.NumberParseException:
        return "ZZ"
    return phonenumbers.region_code_for_country_code(parsed.country_code or 0)


def formatted(phone: str) -> str:
    """A number as Meta displays it ("+1 415-555-2671"); unchanged when it is no phone number."""
    try:
        parsed = phonenumbers.parse(f"+{digits(phone)}")
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def now() -> float:
    """Unix seconds by this machine's clock, the only clock of the world."""
    return time.time()
