"""What a decision may do to the lead of its conversation: `leads.save_fields` and `leads.mark_asked`."""

from typing import Literal

from pydantic import BaseModel

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.core.actions import Context, register
from apps.leads import services
from apps.leads.models import Lead


class SaveFields(BaseModel, extra="forbid"):
    """What the contact said of themselves, by lead field."""

    fields: dict[str, str]


class MarkAsked(BaseModel, extra="forbid"):
    """The lead field that the reply asks for."""

    field: Literal["name", "email", "phone", "location"]


@register("leads.save_fields", SaveFields)
def save_fields(context: Context, params: SaveFields) -> None:
    """Keeps the fields in the lead of the context's contact."""
    services.save_fields(_lead(context), params.fields, message_id=context.message_id)


@register("leads.mark_asked", MarkAsked)
def mark_asked(context: Context, params: MarkAsked) -> None:
    """Remembers what the reply asks for, so that it is not asked again."""
    services.mark_asked(_lead(context), params.field, message_id=context.message_id)


def _lead(context: Context) -> Lead:
    contact, bot = Contact.objects.get(pk=context.contact_id), Bot.objects.get(pk=context.bot_id)
    return services.lead_of(contact, bot)
