"""Turns messages into what a bubble of the thread shows; knows no query and no template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.conversations.models import Message
from apps.conversations.services.deciding import RESENDABLE
from apps.panel.placeholders import Media, placeholder
from apps.providers.base import TROUBLES, ContentKind, Trouble

#: Messages of one writer within this time stand close together under one name.
JOINED = timedelta(minutes=5)


@dataclass(frozen=True)
class About:
    """What other messages say: reactions by the target's external id, quoted messages by theirs."""

    reactions: Mapping[str, list[str]] = field(default_factory=dict)
    quotes: Mapping[str, Message] = field(default_factory=dict)


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
    may_confirm: bool = False  # people say whether it arrived

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
    media = placeholder(message)
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
        may_retry=message.state in RESENDABLE,
        may_confirm=message.state == Message.State.UNCONFIRMED,
    )


def _who(message: Message) -> tuple[str, str]:
    """The side of the thread and the writer's name; the contact's own needs none."""
    if message.author == Message.Author.BOT:
        return "bot", _("Bot")
    if message.author == Message.Author.PERSON:
        by_program = _("%(name)s (by the API)") % {"name": message.via} if message.via else ""
        return "person", str(message.user) if message.user else by_program or _("A colleague")
    if message.author == Message.Author.PHONE:
        return "person", _("From the phone app")
    return ("note" if message.author == Message.Author.NOTE else "in"), ""


def _words(message: Message, media: Media | None) -> str:
    """The text below the placeholder, unless the placeholder says it already."""
    if message.kind == ContentKind.LOCATION or (media and media.title == message.text):
        return ""
    return message.text


def _same_writer(one: Message, other: Message) -> bool:
    return (one.author, one.user_id, one.via) == (other.author, other.user_id, other.via)


def _summary(message: Message) -> str:
    media = placeholder(message)
    return (message.text or (media.title if media else "") or message.get_state_display())[:160]


def _trouble(message: Message) -> str:
    """What the reader has to know of a message that did not simply go out."""
    if message.state == Message.State.UNKNOWN:
        return _("We do not know yet whether this arrived. It may clear up by itself.")
    if message.state == Message.State.UNCONFIRMED:
        return _("We do not know whether this arrived. Do you?")
    if message.state == Message.State.CANCELLED:
        return _("Not sent: a person took over, or the bot was switched off.")
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
