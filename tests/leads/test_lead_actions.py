"""What a decision may do to a lead, and that it cannot choose whose."""

from typing import get_args

import pytest

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.core.actions import ActionRefused, Context, Effect, names, perform
from apps.leads.actions import MarkAsked
from apps.leads.models import Lead
from apps.llm.base import LEAD_FIELDS


@pytest.fixture
def context(contact: Contact, bot: Bot) -> Context:
    return Context(conversation_id=1, contact_id=contact.pk, bot_id=bot.pk, turn_id=1, message_id=42)


def test_actions_are_found_by_name() -> None:
    assert {"leads.save_fields", "leads.mark_asked"} <= set(names())


def test_fields_are_kept_in_the_contexts_lead(context: Context) -> None:
    perform(context, Effect("leads.save_fields", {"fields": {"name": "Maya", "age": "30"}}))
    lead = Lead.objects.get()
    assert (lead.contact_id, lead.bot_id) == (context.contact_id, context.bot_id)
    assert lead.fields["name"] == {"value": "Maya", "source": "message", "message": 42}
    assert "age" not in lead.fields


def test_asked_field_is_remembered_with_the_message(context: Context) -> None:
    perform(context, Effect("leads.mark_asked", {"field": "email"}))
    assert Lead.objects.get().asked == {"email": 42}


def test_every_field_of_a_lead_can_be_marked() -> None:
    assert get_args(MarkAsked.model_fields["field"].annotation) == LEAD_FIELDS


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("leads.save_fields", {"fields": {"name": "Eve"}, "contact_id": 1}),
        ("leads.save_fields", {"fields": {"name": None}}),
        ("leads.save_fields", {"fields": "name"}),
        ("leads.save_fields", {}),
        ("leads.mark_asked", {"field": "age"}),
        ("leads.mark_asked", {"field": "name", "lead": 1}),
    ],
)
def test_parameters_that_do_not_fit_are_refused_and_nothing_is_written(
    context: Context, action: str, params: dict[str, object]
) -> None:
    with pytest.raises(ActionRefused):
        perform(context, Effect(action, params))
    assert not Lead.objects.exists()
