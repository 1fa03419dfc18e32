"""The typed placeholder of a message that is not only words: one reader per kind, from its content to a few lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.conversations.models import Message
from apps.providers.base import ContentKind


@dataclass(frozen=True)
class Media:
    """The typed placeholder of what is not text; `icon` is a kind of components/media.html."""

    icon: str
    title: str = ""
    detail: str = ""
    url: str = ""


def _file(icon: str, name: Callable[[], str]) -> Callable[[Mapping[str, Any]], Media]:
    def media(content: Mapping[str, Any]) -> Media:
        lost = "" if content.get("media_id") else _("The provider could not keep it for us")
        return Media(icon, str(content.get("filename") or name()), lost or str(content.get("mime_type", "")))

    return media


def _audio(content: Mapping[str, Any]) -> Media:
    voice = bool(content.get("voice"))
    return _file("voice" if voice else "audio", lambda: _("Voice message") if voice else _("Audio"))(content)


def _location(content: Mapping[str, Any]) -> Media:
    latitude, longitude = content.get("latitude"), content.get("longitude")
    title, address = str(content.get("name") or _("Location")), str(content.get("address") or "")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return Media("location", title, address)
    place = "\n".join(filter(None, (address, f"{latitude:.5f}, {longitude:.5f}")))
    url = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    return Media("location", title, place, url)


def _contacts(content: Mapping[str, Any]) -> Media:
    cards = content.get("contacts") or []
    return Media("contacts", ngettext("Contact card", "%(count)d contact cards", len(cards)) % {"count": len(cards)})


def _choice(content: Mapping[str, Any]) -> Media:
    how = _("Chosen from a list") if content.get("source") == "list" else _("Tapped a button")
    description = str(content.get("description", ""))
    return Media("interactive", str(content.get("title", "")), f"{how} · {description}" if description else how)


def _form(content: Mapping[str, Any]) -> Media:
    response = content.get("response")
    answers = response if isinstance(response, Mapping) else {}
    lines = [f"{name}: {value}" for name, value in answers.items() if name != "flow_token"]
    return Media("interactive", str(content.get("name") or _("Form")), "\n".join(lines))


def _order(content: Mapping[str, Any]) -> Media:
    items = content.get("items") or []
    lines = [f"{item.get('quantity')} × {item.get('product_id')}" for item in items if isinstance(item, Mapping)]
    return Media("order", _("Order"), "\n".join(lines))


def _unsupported(content: Mapping[str, Any]) -> Media:
    return Media("unsupported", _("Something the provider could not show us"), str(content.get("type", "")))


_MEDIA: Mapping[str, Callable[[Mapping[str, Any]], Media]] = {
    ContentKind.IMAGE: _file("image", lambda: _("Photo")),
    ContentKind.VIDEO: _file("video", lambda: _("Video")),
    ContentKind.AUDIO: _audio,
    ContentKind.DOCUMENT: _file("document", lambda: _("Document")),
    ContentKind.STICKER: _file("sticker", lambda: _("Sticker")),
    ContentKind.LOCATION: _location,
    ContentKind.CONTACTS: _contacts,
    ContentKind.CHOICE: _choice,
    ContentKind.FORM: _form,
    ContentKind.ORDER: _order,
    ContentKind.UNSUPPORTED: _unsupported,
}


def placeholder(message: Message) -> Media | None:
    """The message's placeholder; None for words, and for what the contact deleted."""
    reader = _MEDIA.get(message.kind)
    return reader(message.content) if reader and not message.content.get("revoked") else None
