"""How the panel writes times, names and labels."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from apps.contacts.models import Contact
from apps.conversations.models import Conversation
from apps.panel.queries import Show

register = template.Library()

FIELD_ICONS = {"name": "user-round", "email": "mail", "phone": "phone", "location": "map-pin"}


@register.filter
def short_when(value: datetime | None) -> str:
    """The time today, the weekday this week, the date before that; empty for None."""
    if value is None:
        return ""
    local, today = timezone.localtime(value), timezone.localdate()
    days = (today - local.date()).days
    if days <= 0:
        return date_format(local, "H:i")
    if days == 1:
        return _("Yesterday")
    if days < 7:
        return date_format(local, "D")
    return date_format(local, "j M" if local.year == today.year else "j M Y")


@register.filter
def long_since(value: datetime) -> str:
    """How long ago in words; empty for less than a minute."""
    return timesince(value) if timezone.now() - value >= timedelta(minutes=1) else ""


@register.filter
def day_name(value: Any) -> str:
    """The heading over a day of the thread."""
    days = (timezone.localdate() - value).days
    if days == 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    return date_format(value, "l, j F" if value.year == timezone.localdate().year else "j F Y")


@register.filter
def initials(label: str) -> str:
    """One or two letters for an avatar; of a phone number its last two digits."""
    words = [word for word in label.split() if word[0].isalpha()]
    if words:
        return "".join(word[0] for word in (words[0], words[-1])[: min(len(words), 2)]).upper()
    return "".join(character for character in label if character.isalnum())[-2:].upper() or "?"


@register.filter
def tint(contact: Contact) -> int:
    """Which of the six tints the contact's avatar has."""
    return contact.pk % 6 + 1


@register.filter
def pretty_phone(contact: Contact) -> str:
    """The contact's number; empty when the name in the list is the number already, or there is none."""
    return "" if contact.phone == contact.label else contact.phone


@register.filter
def show_label(show: Show) -> str:
    """The name of a filter."""
    return {Show.ALL: _("All"), Show.UNREAD: _("Unread"), Show.MINE: _("Mine")}[show]


@register.filter
def field_label(field: str) -> str:
    """What people call a field of a lead."""
    return {"name": _("Name"), "email": _("E-mail"), "phone": _("Phone"), "location": _("Location")}[field]


@register.filter
def field_icon(field: str) -> str:
    """The icon of a field of a lead."""
    return FIELD_ICONS[field]


@register.filter
def paused_label(conversation: Conversation) -> str:
    """Why the bot is silent here, in one or two words; empty when it answers."""
    if conversation.ai_on:
        return ""
    return {
        Conversation.Paused.HANDOFF: _("With people"),
        Conversation.Paused.PERSON: _("With people"),
        Conversation.Paused.SWITCH: _("Bot off"),
    }.get(Conversation.Paused(conversation.ai_paused_why), _("Bot off"))


@register.filter
def short_until(value: datetime) -> str:
    """A time soon to come: the hour, with the day when it is not today."""
    local = timezone.localtime(value)
    return date_format(local, "H:i" if local.date() == timezone.localdate() else "D H:i")


@register.filter
def identity_label(kind: str) -> str:
    """What kind of name a vendor knows the contact by."""
    known = {
        "phone": _("Phone"),
        "username": _("User name"),
        "bsuid": _("WhatsApp id"),
        "visitor": _("Website visitor"),
    }
    return known.get(kind, _("Other id"))
