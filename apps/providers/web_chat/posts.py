"""What a visitor's browser posts: their messages, and which of ours arrived and were read.

The token stands in the Authorization header and is not stored; the body says whose it is, and `verify` compares.
External ids carry the visitor, so that nobody can name a message of another's.

    {"widget": key, "visitor": id, "messages": [{"id": uuid, "text": …}], "delivered": [uuid], "read": [uuid]}
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apps.providers.base import (
    Admission,
    Answer,
    ContentKind,
    DeliveryState,
    Identity,
    IdentityKind,
    Inbound,
    Item,
    Party,
    Status,
    Unreadable,
    UnreadableBody,
)
from apps.providers.payloads import as_id, as_text, read_object
from apps.providers.web_chat import tokens
from apps.providers.web_chat.origins import cors
from apps.providers.web_chat.pace import Pace

METHODS = frozenset({"POST", "OPTIONS"})
#: Messages and marks in one post; the widget sends them one by one and twenty by twenty.
MOST_MESSAGES = 20
MOST_MARKS = 200

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_LONGEST_TEXT = 4000  # characters
_MARKS = (("delivered", DeliveryState.DELIVERED), ("read", DeliveryState.READ))

_NO_WEBSITE = Answer(403, b"This website may not use this chat.")
_NO_JSON = Answer(415, b"Post JSON.")
_TOO_FAST = Answer(429, b"Too many messages at once. Wait a moment.", headers={"Retry-After": "5"})
_NO_HANDSHAKE = Answer(404, b"Web chat has no handshake.")

#: By what nobody can choose, before the signature is looked at; by whose it is only once that is known. Else whoever
#: knows a website's address could use up what its visitors have.
_networks = Pace(per_minute=300, burst=100)
_visitors = Pace(per_minute=60, burst=30)
_websites = Pace(per_minute=1200, burst=300)


def admit(method: str, headers: Mapping[str, str], origins: tuple[str, ...], network: str) -> Admission:
    """Only pages of the chat's websites, not too often, and JSON, which other pages cannot post unasked."""
    origin = headers.get("origin", "")
    if not origin or origin not in origins:
        return Admission(_NO_WEBSITE)
    allowed = cors(origin)
    if method == "OPTIONS":
        return Admission(Answer(200), allowed)
    if not headers.get("content-type", "").lower().startswith("application/json"):
        return Admission(_NO_JSON, allowed)
    return Admission(None if _networks.allows(network) else _TOO_FAST, allowed)


def handshake(query: Mapping[str, str], verify_token: str) -> Answer:
    """There is none."""
    return _NO_HANDSHAKE


def verify(secrets: tuple[str, ...], headers: Mapping[str, str], body: bytes) -> bool:
    """True when one of the secrets signed the token of the very visitor and chat that the body names."""
    token = tokens.bearer(headers.get("authorization", ""))
    if not token:
        return False
    try:
        post = read_object(body)
    except UnreadableBody:
        return False
    visitor = tokens.read(secrets, as_text(post.get("widget")), token)
    return bool(visitor) and visitor == post.get("visitor")


def slow_down(headers: Mapping[str, str], body: bytes) -> Answer | None:
    """Who posts too often by themselves, and what would be too much for one chat on one website."""
    post = read_object(body)
    widget, visitor = as_text(post.get("widget")), as_text(post.get("visitor"))
    taken = _visitors.allows(f"{widget} {visitor}") and _websites.allows(f"{widget} {headers.get('origin', '')}")
    return None if taken else _TOO_FAST


def lane(body: bytes) -> str:
    """Each chat has a hook of its own."""
    return ""


def parse(headers: Mapping[str, str], body: bytes) -> list[Item]:
    """The visitor's messages in their order, then the marks. Raises UnreadableBody when it is no JSON object."""
    post = read_object(body)
    widget, visitor = as_text(post.get("widget")), as_text(post.get("visitor"))
    if not (widget and visitor):
        return []
    return [*_messages(widget, visitor, post.get("messages")), *_marks(widget, visitor, post)]


def external_id(visitor: str, id: str) -> str:
    """A message's id among those of the whole chat."""
    return f"{visitor}.{id}"


def visitor_of(external_id: str) -> str:
    """Whose message it is."""
    return external_id.partition(".")[0]


def id_of(external_id: str) -> str:
    """The id by which the visitor's browser knows the message."""
    return external_id.partition(".")[2]


def _messages(widget: str, visitor: str, given: Any) -> Iterator[Item]:
    for place, message in enumerate(_list(given, MOST_MESSAGES)):
        where = f"messages[{place}]"
        if not isinstance(message, dict):
            yield Unreadable(where, "a message that is no object")
            continue
        id, text = as_id(message.get("id")), as_text(message.get("text")).strip()
        if not _ID.fullmatch(id):
            yield Unreadable(where, "a message without an id of 8 to 64 letters, digits and hyphens")
        elif not text or len(text) > _LONGEST_TEXT:
            yield Unreadable(where, f"a message without text, or with more than {_LONGEST_TEXT} characters")
        else:
            yield Inbound(
                route_key=widget,
                external_id=external_id(visitor, id),
                sender=Party((Identity(IdentityKind.VISITOR, visitor),)),
                kind=ContentKind.TEXT,
                text=text,
                content={},
                sent_at=None,  # a visitor's clock is nobody's measure; they count in order of arrival
            )


def _marks(widget: str, visitor: str, post: Mapping[str, Any]) -> Iterator[Item]:
    for name, state in _MARKS:
        for id in _list(post.get(name), MOST_MARKS):
            if isinstance(id, str) and _ID.fullmatch(id):
                yield Status(widget, external_id(visitor, id), state, None)


def _list(value: Any, most: int) -> list[Any]:
    return value[:most] if isinstance(value, list) else []
