"""Fields are asked for one at a time, in order, none twice."""

import pytest

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.leads.models import Lead
from apps.leads.services import lead_of, mark_asked, next_field, save_fields


def test_fields_are_asked_in_order_and_known_ones_never(contact: Contact, bot: Bot) -> None:
    lead = lead_of(contact, bot)
    order = []
    while (field := next_field(lead)) is not None:
        order.append(field)
        lead = mark_asked(lead, field, message_id=len(order))
    assert order == ["name", "email", "location"]
    assert Lead.objects.get().asked == {"name": 1, "email": 2, "location": 3}


def test_field_that_was_told_unasked_is_skipped(contact: Contact, bot: Bot) -> None:
    lead = save_fields(lead_of(contact, bot), {"name": "Maya"}, message_id=1)
    assert (next_field(lead), lead.unasked) == ("email", ["email", "location"])


def test_asked_again_keeps_the_first_time(contact: Contact, bot: Bot) -> None:
    lead = lead_of(contact, bot)
    mark_asked(lead, "name", message_id=3)
    mark_asked(lead, "name", message_id=9)
    assert Lead.objects.get().asked == {"name": 3}


def test_only_fields_of_a_lead_can_be_asked(contact: Contact, bot: Bot) -> None:
    lead = lead_of(contact, bot)
    with pytest.raises(ValueError, match="age is no field of a lead"):
        mark_asked(lead, "age", message_id=3)
    assert Lead.objects.get().asked == {}
