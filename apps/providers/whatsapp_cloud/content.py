"""What a WhatsApp message says: one reader per type, from Meta's shape to the one of base.ContentKind.

A reader gets the whole message and raises Malformed when it lacks what makes it one of its type. Types that
are not in the table are UNSUPPORTED and kept by name.
"""

from collections.abc import Callable, Mapping

from apps.providers.base import ContentKind
from apps.providers.payloads import (
    Malformed,
    as_coordinate,
    as_id,
    as_object,
    as_objects,
    as_text,
    only_given,
)
from apps.providers.whatsapp_cloud import replies
from apps.providers.whatsapp_cloud.said import Message, Said, errors_in, part, target, unsupported
from apps.providers.whatsapp_cloud.system import system


def read(message: Message) -> Said:
    """What the message says, and what Meta adds to any type (forwarded, about a product, errors)."""
    named = as_text(message.get("type")) or next((name for name in _READERS if name in message), "")
    said = _READERS.get(named, unsupported)(message)
    context = as_object(message.get("context"))
    extras = only_given(
        forwarded=context.get("forwarded") is True or context.get("frequently_forwarded") is True,
        referred_product=as_object(context.get("referred_product")) or None,
        errors=errors_in(message) or None,
    )
    return Said(said.kind, said.text, {**said.content, **extras})


def _text(message: Message) -> Said:
    body = part(message, "text").get("body")
    if not isinstance(body, str):
        raise Malformed("a text without a body")
    return Said(ContentKind.TEXT, body)


def _media(name: str, kind: ContentKind) -> Callable[[Message], Said]:
    """A file; what Meta could not keep for us has errors in its place and no id."""

    def reader(message: Message) -> Said:
        media = as_object(message.get(name)) or as_object(message.get(kind.value))
        if not media and not errors_in(message):
            raise Malformed(f"a message of type {name} without its {name} object")
        content = {
            "media_id": as_id(media.get("id")),
            "mime_type": as_text(media.get("mime_type")),
            **only_given(
                sha256=as_text(media.get("sha256")),
                filename=as_text(media.get("filename")),
                voice=media.get("voice") is True or name == "voice",
                animated=media.get("animated") is True,
            ),
        }
        return Said(kind, as_text(media.get("caption")), content)

    return reader


def _location(message: Message) -> Said:
    location = part(message, "location")
    name, address = as_text(location.get("name")), as_text(location.get("address"))
    content = {
        "latitude": as_coordinate(location.get("latitude"), 90),
        "longitude": as_coordinate(location.get("longitude"), 180),
        **only_given(name=name, address=address, url=as_text(location.get("url"))),
    }
    return Said(ContentKind.LOCATION, ", ".join(filter(None, (name, address))), content)


def _contacts(message: Message) -> Said:
    cards = as_objects(message.get("contacts"))
    if not cards:
        raise Malformed("a message of type contacts without contacts")
    origin = as_text(message.get("origin")) or as_text(cards[0].get("origin"))
    text = "\n".join(filter(None, map(_card_line, cards)))
    return Said(ContentKind.CONTACTS, text, {"contacts": cards, **only_given(origin=origin)})


def _card_line(card: Message) -> str:
    name, phones = as_object(card.get("name")), as_objects(card.get("phones"))
    shown = as_text(name.get("formatted_name")) or as_text(name.get("first_name"))
    numbers = [as_text(phone.get("phone")) or as_id(phone.get("wa_id")) for phone in phones]
    return " ".join(filter(None, (shown, *numbers)))


def _reaction(message: Message) -> Said:
    reaction = part(message, "reaction")
    content = {"target": target(reaction.get("message_id")), "emoji": as_text(reaction.get("emoji"))}
    return Said(ContentKind.REACTION, "", content)


def _order(message: Message) -> Said:
    order = part(message, "order")
    items = [
        {
            "product_id": as_id(item.get("product_retailer_id")),
            "quantity": item.get("quantity"),
            "price": item.get("item_price"),
            "currency": as_text(item.get("currency")),
        }
        for item in as_objects(order.get("product_items"))
    ]
    content = {"catalog_id": as_id(order.get("catalog_id")), "items": items}
    return Said(ContentKind.ORDER, as_text(order.get("text")), content)


def _edit(message: Message) -> Said:
    """The new text is a message inside the message; of an edited picture it is the caption."""
    edit = part(message, "edit")
    now = read(as_object(edit.get("message")) or {name: edit[name] for name in edit if name in _READERS})
    if now.kind is ContentKind.UNSUPPORTED:
        raise Malformed("an edit without its new content")
    return Said(ContentKind.EDIT, now.text, {"target": target(edit.get("original_message_id"))})


def _revoke(message: Message) -> Said:
    return Said(ContentKind.REVOKE, "", {"target": target(part(message, "revoke").get("original_message_id"))})


_READERS: Mapping[str, Callable[[Message], Said]] = {
    "text": _text,
    "image": _media("image", ContentKind.IMAGE),
    "video": _media("video", ContentKind.VIDEO),
    "audio": _media("audio", ContentKind.AUDIO),
    "voice": _media("voice", ContentKind.AUDIO),
    "document": _media("document", ContentKind.DOCUMENT),
    "sticker": _media("sticker", ContentKind.STICKER),
    "interactive": replies.interactive,
    "button": replies.button,
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
    "system": system,
    "request_welcome": lambda message: Said(ContentKind.WELCOME),
}
