"""Turns messages into what a bubble of the thread shows; knows no query and no template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.conversations.models import Message
from apps.providers.base import TROUBLES, ContentKind, Trouble

#: Messages of one writer within this time stand close together under one name.
JOINED = timedelta(minutes=5)
UNSETTLED = frozenset({Message.State.UNKNOWN, Message.State.UNCONFIRMED})


@dataclass(frozen=True)
class About:
    """What other messages say: reactions by the target's external id, quoted messages by theirs."""

    reactions: Mapping[str, list[str]] = field(default_factory=dict)
    quotes: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    """The typed placeholder of what is not text; `icon` is a kind of components/media.html."""

    icon: str
    title: str = ""
    detail: str = ""
    url: str = ""


@dataclass(frozen=True)
class Bubble:
    """A message as the thread shows it. `day` is set on the first of a day, `event` where there is no bubble."""

    message: Message
    at: datetime
    side: str  # in | bot | person | note
    author: str
    text: str
    day: date | None = None
    joined: bool = False
    media: Media | None = None
    event: str = ""
    quote: str = ""
    reactions: list[str] = field(default_factory=list)
    trouble: str = ""
    may_retry: bool = False

    @property
    def states(self) -> str:
        """The states it went through, oldest first, by name."""
        return " ".join(change.state for change in self.message.history.all())

    @property
    def story(self) -> str:
        """The same for people, with the time of each."""
        steps = [
            f"{change.get_state_display()} {timezone.localtime(change.at):%H:%M:%S}"
            for change in self.message.history.all()
        ]
        return " · ".join(steps)

    @property
    def edited(self) -> bool:
        """The contact changed it after sending."""
        return bool(self.message.content.get("edited"))

    @property
    def revoked(self) -> bool:
        """The contact deleted it."""
        return bool(self.message.content.get("revoked"))


def bubbles(messages: list[Message], about: About) -> list[Bubble]:
    """The messages, oldest first, as bubbles with day marks."""
    made: list[Bubble] = []
    for message in messages:
        made.append(_bubble(message, about, made[-1] if made else None))
    return made


def _bubble(message: Message, about: About, before: Bubble | None) -> Bubble:
    at = timezone.localtime(message.sent_at or message.created_at)
    side, author = _who(message)
    new_day = before is None or before.at.date() != at.date()
    joined = not new_day and before is not None and not before.event and _same_writer(before.message, message)
    quoted = about.quotes.get(message.reply_to)
    media = _media(message)
    return Bubble(
        message=message,
        at=at,
        side=side,
        author=author,
        text=_words(message, media),
        day=at.date() if new_day else None,
        joined=joined and before is not None and at - before.at < JOINED,
        media=media,
        event=_event(message),
        quote=_summary(quoted) if quoted else "",
        reactions=about.reactions.get(message.external_id or "", []),
        trouble=_trouble(message),
        may_retry=message.state == Message.State.FAILED,
    )


def _who(message: Message) -> tuple[str, str]:
    """The side of the thread and the writer's name; the contact's own needs none."""
    if message.author == Message.Author.BOT:
        return "bot", _("Bot")
    if message.author == Message.Author.PERSON:
        return "person", str(message.user) if message.user else _("A colleague")
    if message.author == Message.Author.PHONE:
        return "person", _("From the phone app")
    return ("note" if message.author == Message.Author.NOTE else "in"), ""


def _words(message: Message, media: Media | None) -> str:
    """The text below the placeholder, unless the placeholder says it already."""
    if message.kind == ContentKind.LOCATION or (media and media.title == message.text):
        return ""
    return message.text


def _same_writer(one: Message, other: Message) -> bool:
    return (one.author, one.user_id) == (other.author, other.user_id)


def _summary(message: Message) -> str:
    media = _media(message)
    return (message.text or (media.title if media else "") or message.get_state_display())[:160]


def _trouble(message: Message) -> str:
    """What the reader has to know of a message that did not simply go out."""
    if message.state in UNSETTLED:
        return _("We do not know whether this arrived. It is not sent again by itself.")
    if message.state == Message.State.CANCELLED:
        return _("Not sent: a person took over first.")
    if message.state != Message.State.FAILED:
        return ""
    if message.trouble in set(Trouble):
        return _(TROUBLES[Trouble(message.trouble)].text)
    return message.trouble_detail or _("It could not be sent.")


def _event(message: Message) -> str:
    """One line in place of a bubble, for what nobody said."""
    content = message.content
    if message.kind == ContentKind.SYSTEM:
        return message.text or _("The contact's number or name at the provider changed.")
    if message.kind == ContentKind.WELCOME:
        return _("The contact opened the chat for the first time.")
    if message.kind == ContentKind.CALL_PERMISSION:
        accepted = content.get("response") == "accept"
        return _("The contact allowed calls.") if accepted else _("The contact did not allow calls.")
    if message.kind == ContentKind.REACTION:
        emoji = str(content.get("emoji", ""))[:16]
        if not emoji:
            return _("A reaction to a message that is not here was taken back.")
        return _("Reacted %(emoji)s to a message that is not here.") % {"emoji": emoji}
    if message.kind == ContentKind.EDIT:
        return _("Changed a message that is not here to: %(text)s") % {"text": message.text}
    return _("Deleted a message that is not here.") if message.kind == ContentKind.REVOKE else ""


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


def _media(message: Message) -> Media | None:
    reader = _MEDIA.get(message.kind)
    return reader(message.content) if reader and not message.content.get("revoked") else None
