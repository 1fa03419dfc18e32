"""The protocol between Leadline and a vendor that carries messages: frozen values in, frozen values out.

Owns the normal form of everything a vendor tells us and of everything we ask of it. Knows no model,
no database and no vendor. A provider is one module of this package that implements `Provider`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class IdentityKind(StrEnum):
    """By what a vendor knows a person; none of them need be present."""

    PHONE = "phone"  # E.164 without "+", digits only
    BSUID = "bsuid"  # Meta's business-scoped user id, e.g. US.13491208655302741918
    PARENT_BSUID = "parent_bsuid"  # the same person at the parent business portfolio
    USERNAME = "username"
    VISITOR = "visitor"  # of a website with our chat on it: the id in the token that we signed for their browser


@dataclass(frozen=True)
class Identity:
    """One name by which a vendor knows a person."""

    kind: IdentityKind
    value: str


@dataclass(frozen=True)
class Party:
    """The person at the other end: every identity the vendor gave, strongest first, and a display name."""

    identities: tuple[Identity, ...]
    name: str = ""


class ContentKind(StrEnum):
    """What a message is, whatever the vendor calls it. `Inbound.content` holds the details by kind."""

    TEXT = "text"  # {}
    IMAGE = "image"  # media kinds: {media_id, mime_type, sha256?, filename?, voice?, animated?}; text = caption
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    CHOICE = "choice"  # {source: button|list|template, id, title, description?}; text = title
    FORM = "form"  # {name, body, response: object | None}; a filled-in flow
    LOCATION = "location"  # {latitude, longitude, name?, address?, url?}; text = name and address
    CONTACTS = "contacts"  # {contacts: [...], origin?}; text = names and numbers
    REACTION = "reaction"  # {target, emoji}; emoji "" = reaction removed
    ORDER = "order"  # {catalog_id, items: [...]}; text = the buyer's note
    EDIT = "edit"  # {target}; text = the new text
    REVOKE = "revoke"  # {target}: the person deleted that message
    SYSTEM = "system"  # {type, ...}: number or id changed
    CALL_PERMISSION = "call_permission"  # {response, ...}
    WELCOME = "welcome"  # the chat was opened, nothing was written
    UNSUPPORTED = "unsupported"  # {type, errors}: the vendor could not show it to us


#: Kinds that say something a bot may answer. The others are kept and shown, and cause no reply.
ANSWERABLE = frozenset(
    {
        ContentKind.TEXT,
        ContentKind.IMAGE,
        ContentKind.VIDEO,
        ContentKind.AUDIO,
        ContentKind.DOCUMENT,
        ContentKind.STICKER,
        ContentKind.CHOICE,
        ContentKind.FORM,
        ContentKind.LOCATION,
        ContentKind.CONTACTS,
        ContentKind.ORDER,
        ContentKind.UNSUPPORTED,
    }
)


class DeliveryState(StrEnum):
    """What a vendor reports of a message we sent."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"  # also "played" of a voice note
    FAILED = "failed"


class Trouble(StrEnum):
    """The closed list of ways in which a vendor fails us; `TROUBLES` says what each means."""

    NOT_REACHED = "not_reached"
    THROTTLED = "throttled"
    PAIR_THROTTLED = "pair_throttled"
    SPAM_LIMITED = "spam_limited"
    TRANSIENT = "transient"
    WINDOW_CLOSED = "window_closed"
    NOT_ALLOWED = "not_allowed"
    OPTED_OUT = "opted_out"
    UNDELIVERABLE = "undeliverable"
    BAD_REQUEST = "bad_request"
    ACCOUNT = "account"
    RESTRICTED = "restricted"
    UNPAID = "unpaid"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class TroubleFacts:
    """What follows from a trouble: may the same send be tried again, must a person act, what to tell them."""

    retryable: bool
    needs_person: bool
    text: str


TROUBLES: Mapping[Trouble, TroubleFacts] = {
    Trouble.NOT_REACHED: TroubleFacts(True, False, "The provider could not be reached. We keep trying."),
    Trouble.THROTTLED: TroubleFacts(True, False, "The number is sending faster than its limit. We wait and try again."),
    Trouble.PAIR_THROTTLED: TroubleFacts(True, False, "Too many messages to this person in a short time. We wait."),
    Trouble.SPAM_LIMITED: TroubleFacts(
        True, True, "The provider limits this number because people blocked or reported it. Send less, and later."
    ),
    Trouble.TRANSIENT: TroubleFacts(True, False, "The provider had a passing fault and did not take it. We try again."),
    Trouble.WINDOW_CLOSED: TroubleFacts(
        False, True, "The person has not written for 24 hours. Only an approved template may be sent now."
    ),
    Trouble.NOT_ALLOWED: TroubleFacts(False, False, "The provider held this message back for this person."),
    Trouble.OPTED_OUT: TroubleFacts(False, False, "The person has asked not to be written to."),
    Trouble.UNDELIVERABLE: TroubleFacts(
        False, True, "The message cannot be delivered to this person. Check the number or reach them another way."
    ),
    Trouble.BAD_REQUEST: TroubleFacts(False, True, "The provider refused the message. Change it and try again."),
    Trouble.ACCOUNT: TroubleFacts(
        False, True, "The connection of this number no longer works. Give it a new access token."
    ),
    Trouble.RESTRICTED: TroubleFacts(
        True, True, "The provider has restricted this number. Its account there says why. We try again later."
    ),
    Trouble.UNPAID: TroubleFacts(
        True, True, "The provider waits for a payment for this number. Settle it there. We try again later."
    ),
    Trouble.AMBIGUOUS: TroubleFacts(False, False, "The provider did not say whether it took the message."),
}


@dataclass(frozen=True)
class Failure:
    """Why a vendor did not do what we asked. `code` and `detail` are the vendor's own words, secrets removed."""

    trouble: Trouble
    code: str = ""
    detail: str = ""
    retry_after: float | None = None  # seconds the vendor asks us to wait

    @property
    def retryable(self) -> bool:
        """Whether the same message may be sent again without risk of doubling it."""
        return TROUBLES[self.trouble].retryable

    @property
    def text(self) -> str:
        """One sentence for the person who reads the thread."""
        return TROUBLES[self.trouble].text


class SendError(Exception):
    """A send that did not succeed. `failure.trouble` AMBIGUOUS means: it may have been accepted."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(f"{failure.trouble} {failure.code}".strip())
        self.failure = failure


@dataclass(frozen=True)
class Inbound:
    """A message a person wrote to us.

    `text` is what a reader would read (may be empty), NUL removed. `content` is JSON-ready, by kind (see
    ContentKind). `sent_at` is the vendor's clock, None when it gave none that makes sense.
    """

    route_key: str
    external_id: str
    sender: Party
    kind: ContentKind
    text: str
    content: Mapping[str, Any]
    sent_at: datetime | None
    reply_to: str = ""  # external id of the message it answers
    group_id: str = ""  # written in a group, not to us alone
    referral: Mapping[str, Any] = field(default_factory=dict)  # the ad or post they came from


@dataclass(frozen=True)
class Status:
    """What became of a message we sent. `opaque` is our own message key when the vendor echoes it."""

    route_key: str
    external_id: str
    state: DeliveryState
    at: datetime | None
    opaque: str = ""
    failure: Failure | None = None


@dataclass(frozen=True)
class Echo:
    """A message the business itself sent by other means than us, e.g. in the phone app."""

    route_key: str
    external_id: str
    recipient: Party
    kind: ContentKind
    text: str
    content: Mapping[str, Any]
    sent_at: datetime | None
    reply_to: str = ""


@dataclass(frozen=True)
class Notice:
    """Something a vendor tells about an account, not about a conversation, e.g. a template's new status."""

    route_key: str
    name: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Unreadable:
    """A part of a delivery that could not be read. `where` is its place in the body, `why` for staff."""

    where: str
    why: str


Item = Inbound | Status | Echo | Notice | Unreadable


class UnreadableBody(Exception):
    """The whole body is not what the vendor documents, e.g. broken JSON."""


@dataclass(frozen=True)
class Credentials:
    """What a provider needs to act for one inbox, decrypted. Never logged: its repr shows no value."""

    external_key: str = field(repr=True)  # e.g. the phone_number_id
    token: str = field(repr=False)


@dataclass(frozen=True)
class Setup:
    """What a person pasted to connect a number: credentials, the vendor's account it is in, the app's secret."""

    credentials: Credentials
    account: str  # e.g. the WABA id
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """What the vendor says of a number whose setup is right."""

    name: str
    address: str  # what people write to, e.g. the phone number


class Pasted(StrEnum):
    """What of a setup was wrong."""

    KEY = "key"
    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105  # the name of a field
    SECRET = "secret"  # noqa: S105  # the name of a field


class CheckFailed(Exception):
    """The vendor refused a setup. `wrong` None: it could not be asked. `failure` holds its reason."""

    def __init__(self, wrong: Pasted | None, failure: "Failure") -> None:
        super().__init__(f"{wrong} {failure.code}".strip())
        self.wrong = wrong
        self.failure = failure


@dataclass(frozen=True)
class Outbound:
    """A message to send. `key` is our message's id; it travels as the vendor's opaque data."""

    key: str
    recipient: Party
    text: str
    reply_to: str = ""


@dataclass(frozen=True)
class Sent:
    """The vendor took the message: its id for it, and what it told us about the person."""

    external_id: str
    recipient: Party


@dataclass(frozen=True)
class Answer:
    """What a hook answers to a vendor's HTTP request."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)  # beside those that every answer has


@dataclass(frozen=True)
class Admission:
    """How a hook meets a request before it looks at who signed it.

    `answer`: all there is to say, e.g. to a browser's preflight or to a website that may not call; None lets the
    request pass. `headers` stand on whatever is answered then.
    """

    answer: Answer | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


#: Characters of what the ledger calls a number by.
LONGEST_LANE = 60

#: What vendors' servers get: they are known by their signature alone.
ADMITTED = Admission()


class Hook(Protocol):
    """The receiving half: pure functions over bytes, so that intake stays fast and testable."""

    kind: str
    methods: frozenset[str]  # HTTP methods that mean something here
    max_body: int  # bytes
    not_stored: int  # HTTP status that makes this vendor deliver again

    def admit(self, method: str, headers: Mapping[str, str], origins: tuple[str, ...], network: str) -> Admission:
        """Whether to go on, by the websites that may call and how often the caller's network does.

        Called for every request but GET, before `verify`: so nothing is counted here by what a caller can make up.
        """
        ...

    def verify(self, secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> bool:
        """True when any of the secrets signed exactly these bytes. Header names are lower case."""
        ...

    def slow_down(self, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The refusal of who signed this and came too often; None for everybody else. Called once, after `verify`."""
        ...

    def handshake(self, query: Mapping[str, str], verify_token: str) -> Answer:
        """Answers the vendor's GET that proves we own the address."""
        ...

    def lane(self, body: bytes) -> str:
        """The number that a signed body seems to be for, at most LONGEST_LANE characters; "" when one look cannot tell.

        What holds nothing but news of our own messages is in another lane than what people write to the number. It
        decides who waits behind whom, never whose something is.
        """
        ...

    def parse(self, headers: Mapping[str, str], body: bytes) -> list[Item]:
        """Every item of a delivery in its own order. Raises UnreadableBody when there is nothing to read."""
        ...


class Provider(Hook, Protocol):
    """The sending half, and what the product must know of the vendor, as data."""

    label: str
    max_text: int  # characters in one message
    reply_window: int  # seconds after the person's last message in which free text may be sent; 0 = always
    rate_per_minute: int  # messages the vendor lets one inbox send, whoever writes them
    redact: tuple[str, ...]  # header and body keys whose values never reach a log

    def send(self, credentials: Credentials, message: Outbound) -> Sent:
        """Sends once, never retries. Raises SendError."""
        ...

    def signal(self, credentials: Credentials, external_id: str) -> None:
        """Marks the person's message read and shows "typing" for some seconds. Raises SendError."""
        ...


class Connectable(Provider, Protocol):
    """A provider whose numbers a person connects by pasting what the vendor shows them."""

    def check(self, setup: Setup) -> Checked:
        """Asks the vendor whether every part of the setup is right; changes nothing. Raises CheckFailed."""
        ...

    def subscribe(self, setup: Setup, *, url: str, verify_token: str) -> None:
        """Asks the vendor to post what happens to the number to this address. Raises SendError."""
        ...
