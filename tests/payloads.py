"""Webhook bodies in Meta's own shape, for tests that go in by the front door."""

import hashlib
import hmac
import json
import uuid
from typing import Any


def text(
    body: str, *, phone: str, number: str, name: str = "Maya Lind", id: str = "", at: int = 1_794_000_000
) -> dict[str, Any]:
    """A person wrote a text to a number."""
    message = {"from": phone, "id": id or f"wamid.{uuid.uuid4().hex}", "timestamp": str(at), "type": "text"}
    return change(
        number,
        {
            "contacts": [{"profile": {"name": name}, "wa_id": phone}],
            "messages": [{**message, "text": {"body": body}}],
        },
    )


def status(state: str, *, wamid: str, key: str, number: str, phone: str = "447700900123") -> dict[str, Any]:
    """What became of a message that was sent."""
    return change(
        number,
        {
            "statuses": [
                {
                    "id": wamid,
                    "status": state,
                    "timestamp": "1794000001",
                    "recipient_id": phone,
                    "biz_opaque_callback_data": key,
                }
            ]
        },
    )


def change(number: str, value: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    """One change of one number."""
    metadata = {"display_phone_number": "442079460000", "phone_number_id": number}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}


def envelope(*changes: Any) -> bytes:
    """The changes in one delivery, escaped as Meta escapes."""
    body = {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": list(changes)}]}
    return json.dumps(body).replace("/", "\\/").encode()


def sign(body: bytes, secret: str) -> str:
    """The value of X-Hub-Signature-256."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
