"""Speaking to the Cloud API: a text out, and the marks "read" and "typing"."""

from typing import Any
from urllib.parse import quote

from apps.providers import meta
from apps.providers.base import Credentials, Failure, IdentityKind, Outbound, Party, SendError, Sent, Trouble
from apps.providers.payloads import as_id, as_objects
from apps.providers.whatsapp_cloud.people import from_contact

_SIGNAL_TIMEOUT = 1.0  # seconds; a mark is not worth waiting for


def send(credentials: Credentials, message: Outbound) -> Sent:
    """Sends a text, once. Our key travels along and comes back with every status. Raises SendError."""
    answer = meta.call(_path(credentials), token=credentials.token, json=_text(message))
    external_id = next((as_id(sent.get("id")) for sent in as_objects(answer.get("messages"))), "")
    if not external_id:
        raise SendError(Failure(Trouble.AMBIGUOUS, detail="The answer names no message."))
    contact = next(iter(as_objects(answer.get("contacts"))), {})
    return Sent(external_id, from_contact(contact))


def signal(credentials: Credentials, external_id: str) -> None:
    """Marks the message read, earlier ones too, and shows "typing" for up to 25 s. Raises SendError."""
    mark = {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": external_id,
        "typing_indicator": {"type": "text"},
    }
    meta.call(_path(credentials), token=credentials.token, json=mark, timeout=_SIGNAL_TIMEOUT)


def _path(credentials: Credentials) -> str:
    return f"{quote(credentials.external_key, safe='')}/messages"


def _text(message: Outbound) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(message.recipient),
        "type": "text",
        "text": {"body": message.text, "preview_url": False},
        "biz_opaque_callback_data": message.key,
    }
    if message.reply_to:
        payload["context"] = {"message_id": message.reply_to}
    return payload


def _address(recipient: Party) -> dict[str, str]:
    """A phone goes into `to`; a user id, taken when there is no phone, into `recipient`."""
    fields = {
        IdentityKind.PHONE: "to",
        IdentityKind.BSUID: "recipient",
        IdentityKind.PARENT_BSUID: "recipient",
    }
    for kind, field in fields.items():
        for identity in recipient.identities:
            if identity.kind is kind:
                return {field: identity.value}
    raise SendError(Failure(Trouble.UNDELIVERABLE, detail="Neither a phone number nor a user id is known."))
