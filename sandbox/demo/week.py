"""Writes the demo's week: every talk with its contact, its conversation and its lead.

What is written is history: nothing of it is due, told to open pages, or sent.
"""

from collections.abc import Mapping
from datetime import datetime

from apps.accounts.models import User
from apps.contacts import services as contacts
from apps.contacts.models import Contact, Identity
from apps.conversations.models import Conversation, Message
from apps.conversations.services.receiving import preview_of
from apps.inboxes.models import Inbox
from apps.leads.models import Lead
from apps.leads.services import Entry
from apps.llm.base import LEAD_FIELDS
from apps.providers.base import Identity as Known
from apps.providers.base import IdentityKind, Party
from apps.providers.web_chat import tokens
from sandbox.demo.past import Past, set_times
from sandbox.demo.scene import Scene
from sandbox.demo.script import Talk, talks


def is_known(colleagues: Mapping[str, User]) -> bool:
    """Whether somebody of the week's customers is there already."""
    phones = [talk.phone for talk in talks(colleagues) if talk.phone]
    return Identity.objects.filter(kind=IdentityKind.PHONE, value__in=phones).exists()


def play(inboxes: Mapping[str, Inbox], colleagues: Mapping[str, User], now: datetime) -> None:
    """Writes the week that ends `now`. `inboxes` by the names of the script, `colleagues` by their keys."""
    past = Past()
    in_order = sorted(talks(colleagues), key=lambda talk: talk.moments(now)[0])
    met = [(_play(talk, inboxes[talk.inbox], colleagues, now, past), talk.moments(now)[0]) for talk in in_order]
    past.write()
    set_times(Contact, [(contact, {"created_at": at}) for contact, at in met])


def _play(talk: Talk, inbox: Inbox, colleagues: Mapping[str, User], now: datetime, past: Past) -> Contact:
    """Leaves the rows of the talk to the past, and returns who it is with."""
    visitor = "" if talk.phone else tokens.new_visitor()
    identity = Known(IdentityKind.PHONE, talk.phone) if talk.phone else Known(IdentityKind.VISITOR, visitor)
    known_as = talk.name or talk.lead.get("name", "")  # a visitor is called by the name they tell
    contact = contacts.resolve(Party((identity,), known_as))
    moments = talk.moments(now)
    conversation = past.add(Conversation(inbox=inbox, contact=contact, unread=talk.unread), moments[0])
    scene = Scene(conversation, talk, visitor, colleagues, now, past)
    scene.play()
    conversation.preview = preview_of(scene.shown) if scene.shown else ""
    vendor = colleagues.get(talk.lead.get("vendor", ""))
    lead = Lead(contact=contact, bot=inbox.bot, fields=_fields(talk, scene.heard), asked=scene.asked, vendor=vendor)
    lead.stage = talk.lead.get("stage", Lead.Stage.CAPTURING if lead.missing else Lead.Stage.QUALIFIED)
    past.add(lead, moments[0], changed_at=moments[-1])
    return contact


def _fields(talk: Talk, heard: list[Message]) -> dict[str, Entry]:
    """What is known of the lead, each field with the message in which it was said."""
    fields = {field: _said(talk.lead[field], heard) for field in LEAD_FIELDS if field in talk.lead}
    if talk.phone:
        fields["phone"] = {"value": f"+{talk.phone}", "source": "channel", "message": None}
    return fields


def _said(value: str, heard: list[Message]) -> Entry:
    """Raises ValueError for what nobody said: the bot knows nothing by itself."""
    for message in heard:
        if value in message.text or (value.startswith("+44") and value[3:] in _digits(message.text)):
            return {"value": value, "source": "message", "message": message.pk}
    raise ValueError(f"Nobody says “{value}” in the week's script.")


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
