"""Webhooks in Meta's own format: building, writing and signing them. Pure functions.

Owns the shapes of the WhatsApp Cloud API's webhooks: messages, statuses, echoes (Meta's OpenAPI v23.0, and
the user ids it added in 2026). Load generators may import it to sign and send by themselves.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.world.records import Number, Person, formatted, now

Json = dict[str, Any]

#: Titles Meta gives with the codes that a `failed` status may carry: code -> (title, details).
FAILURES: Mapping[int, tuple[str, str]] = {
    131026: ("Message undeliverable", "Message Undeliverable."),
    131047: (
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
}


def new_wamid(phone: str, *, inbound: bool) -> str:
    """A message id built like Meta's: base64 of the other side's phone and a random hexadecimal key."""
    marker, key = (b"\x12", "3A" + secrets.token_hex(9)) if inbound else (b"\x11", secrets.token_hex(9))
    number, name = phone.encode(), key.upper().encode()
    raw = b"\x1c\x18" + bytes([len(number)]) + number + b"\x15\x02\x00" + marker
    return "wamid." + base64.b64encode(raw + b"\x18" + bytes([len(name)]) + name + b"\x00").decode()


def to_bytes(payload: Any) -> bytes:
    """JSON as Meta writes it: no spaces, non-ASCII and slashes escaped. Only these bytes may be signed."""
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode()


def sign(body: bytes, app_secret: str) -> str:
    """Value of `X-Hub-Signature-256` for a body: HMAC-SHA256 with the app secret."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def signed_headers(body: bytes, app_secret: str) -> dict[str, str]:
    """The headers Meta sends with a webhook."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "facebookexternalua",
        "X-Hub-Signature-256": sign(body, app_secret),
    }


def envelope(number: Number, field: str, value: Json) -> Json:
    """One change of one WhatsApp business account."""
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": number.waba_id, "changes": [{"value": value, "field": field}]}],
    }


def metadata(number: Number) -> Json:
    """Which number a webhook is about."""
    return {
        "display_phone_number": formatted(number.display_phone_number),
        "phone_number_id": number.phone_number_id,
    }


def contact(person: Person) -> Json:
    """Who a person is for the business; a hidden phone leaves `wa_id` out."""
    profile = {"name": person.name} | ({"username": person.username} if person.username else {})
    return {"profile": profile} | ({"wa_id": person.phone} if person.has_phone else {}) | {"user_id": person.user_id}


def message(
    number: Number,
    person: Person,
    kind: str,
    content: Any,
    *,
    wamid: str | None = None,
    at: float | None = None,
    context: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Json:
    """A `messages` webhook: `person` wrote `content` of Meta's type `kind` to `number`.

    `at` is Unix seconds (default: now), `context` the wamid that is replied to, `extra` further fields
    of the message (referral, group_id).
    """
    item: Json = {"from": person.phone} if person.has_phone else {}
    item |= {
        "from_user_id": person.user_id,
        "id": wamid or new_wamid(person.phone, inbound=True),
        "timestamp": str(int(now() if at is None else at)),
    }
    if context:
        item["context"] = {"from": formatted(number.display_phone_number), "id": context}
    item |= {"type": kind} | _content_fields(kind, content) | dict(extra or {})
    value = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    return envelope(number, "messages", value | {"contacts": [contact(person)], "messages": [item]})


def _content_fields(kind: str, content: Any) -> Json:
    # An unsupported message carries its reason beside the type instead of a block of its own.
    return {"errors": content} if kind == "unsupported" else {kind: content}


def text_message(
    number: Number, person: Person, text: str, *, wamid: str | None = None, at: float | None = None
) -> Json:
    """A `messages` webhook with a plain text."""
    return message(number, person, "text", {"body": text}, wamid=wamid, at=at)


def status(
    number: Number,
    person: Person,
    wamid: str,
    state: str,
    *,
    to_user_id: bool = False,
    opaque: str | None = None,
    category: str = "service",
    errors: Sequence[int] = (),
    at: float | None = None,
) -> Json:
    """A `messages` webhook with one status (sent, delivered, read, failed) of a message we accepted.

    `to_user_id` says that it was sent to the user id and not to a phone; `errors` are codes of FAILURES.
    """
    item: Json = {"id": wamid, "status": state, "timestamp": str(int(now() if at is None else at))}
    item |= {} if to_user_id else {"recipient_id": person.phone}
    item |= {} if state == "failed" else {"recipient_user_id": person.user_id}
    if state in ("sent", "delivered"):  # Meta leaves both out of `read`
        item |= {
            "conversation": _conversation(number, person, category, state),
            "pricing": _pricing(category),
        }
    if errors:
        item["errors"] = [_status_error(code) for code in errors]
    if opaque is not None:
        item["biz_opaque_callback_data"] = opaque
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    if state in ("delivered", "read"):
        value["contacts"] = [contact(person)]
    return envelope(number, "messages", value | {"statuses": [item]})


def _pricing(category: str) -> Json:
    return {"billable": True, "pricing_model": "PMP", "type": "regular", "category": category}


def _conversation(number: Number, person: Person, category: str, state: str) -> Json:
    key = hashlib.sha256(f"{number.phone_number_id}:{person.phone}:{category}".encode()).hexdigest()[:32]
    expiry = {"expiration_timestamp": str(int(now()) + 86400)} if state == "sent" else {}
    return {"id": key} | expiry | {"origin": {"type": category}}


def _status_error(code: int) -> Json:
    title, details = FAILURES[code]
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }


def echo(number: Number, person: Person, text: str, *, wamid: str | None = None, at: float | None = None) -> Json:
    """An `smb_message_echoes` webhook: the owner answered `person` in the WhatsApp Business app."""
    item: Json = {"from": formatted(number.display_phone_number)}
    item |= {"to": person.phone} if person.has_phone else {}
    item |= {
        "to_user_id": person.user_id,
        "id": wamid or new_wamid(person.phone, inbound=False),
        "timestamp": str(int(now() if at is None else at)),
        "type": "text",
        "text": {"body": text},
    }
    value = {"messaging_product": "whatsapp", "metadata": metadata(number)}
    return envelope(number, "smb_message_echoes", value | {"contacts": [contact(person)], "message_echoes": [item]})
