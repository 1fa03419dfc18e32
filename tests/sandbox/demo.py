"""The demo in a test's workspace."""

from django.db import models

from apps.bots.models import Bot
from apps.contacts.models import Contact, Identity
from apps.conversations.models import Conversation, Message, StateChange
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox, Widget
from apps.knowledge.models import Chunk, Source
from apps.leads.models import Lead
from apps.notices.models import Notice
from sandbox.demo import business

BASE = "http://127.0.0.1:8000"
MODELS: tuple[type[models.Model], ...] = (
    *(Bot, Inbox, Widget, Source, Chunk, Contact, Identity, Conversation, Message),
    *(StateChange, Turn, Handoff, Lead, Notice),
)


def counted() -> dict[str, int]:
    """How many rows there are of each."""
    return {model.__name__: model._base_manager.count() for model in MODELS}


def number() -> Inbox:
    """The demo's inbox on WhatsApp."""
    return Inbox.objects.get(external_key=business.PHONE_NUMBER_ID)
