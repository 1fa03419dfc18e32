"""Messages as a reader would read them aloud: words, and a placeholder for what is not words. Pure."""

from collections.abc import Mapping
from typing import Any

from apps.conversations.models import Message
from apps.providers.base import ContentKind

_LABELS: Mapping[str, str] = {
    ContentKind.IMAGE: "photo",
    ContentKind.VIDEO: "video",
    ContentKind.AUDIO: "audio",
    ContentKind.DOCUMENT: "document",
    ContentKind.STICKER: "sticker",
    ContentKind.FORM: "form",
    ContentKind.CONTACTS: "contact card",
    ContentKind.ORDER: "order",
    ContentKind.UNSUPPORTED: "message that cannot be shown",
}
#: A form's own bookkeeping, which nobody filled in.
_NOT_ANSWERS = frozenset({"flow_token"})


def readable(message: Message) -> str:
    """The message on one or more lines: `[photo] Is this it?`, `[location: Main Square 1, Leeds]`. Never empty."""
    if message.kind == ContentKind.LOCATION:
        return f"[location: {place(message)}]"
    label = _label(message)
    return " ".join(filter(None, [f"[{label}]" if label else "", words(message)])) or "[empty message]"


def words(message: Message) -> str:
    """What the message says in words: text, caption, what was chosen or filled in, the name of a place."""
    parts = [message.text]
    if message.kind == ContentKind.CHOICE:
        parts.append(str(message.content.get("description") or ""))
    if message.kind == ContentKind.FORM:
        parts += _filled_in(message.content.get("response"))
    return "\n".join(part.strip() for part in parts if part.strip())


def place(message: Message) -> str:
    """The place of a location message: its name and address, else `latitude, longitude`."""
    latitude, longitude = message.content.get("latitude"), message.content.get("longitude")
    named = " ".join(message.text.split())
    return named or f"{latitude:.5f}, {longitude:.5f}"


def _label(message: Message) -> str:
    if message.kind == ContentKind.AUDIO and message.content.get("voice"):
        return "voice message"
    details = [str(message.content.get("filename") or ""), _items(message.content.get("items"))]
    return ": ".join(filter(None, [_LABELS.get(message.kind, ""), *details]))


def _items(items: Any) -> str:
    return ", ".join(f"{item.get('quantity')} x {item.get('product_id')}" for item in items or [])


def _filled_in(response: Any) -> list[str]:
    """`Name: Marta` for each answer of a form; what is nested deeper is for machines."""
    answers = response.items() if isinstance(response, Mapping) else ()
    return [
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in answers
        if name not in _NOT_ANSWERS and value not in (None, "") and not isinstance(value, Mapping)
    ]
