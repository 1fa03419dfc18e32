"""Every contact has one lead with a bot, made at the first look."""

from collections.abc import Callable

from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.contacts.models import Contact
from apps.contacts.services import alias
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.leads.services import lead_of, save_fields
from apps.providers.base import Identity, IdentityKind

Told = Callable[[], list[LeadChanged]]


def test_new_lead_has_the_channels_phone(contact: Contact, bot: Bot, told: Told) -> None:
    lead = lead_of(contact, bot)
    assert lead.fields == {"phone": {"value": "+447700900123", "source": "channel", "message": None}}
    assert (lead.stage, lead.asked, lead.vendor) == (Lead.Stage.CAPTURING, {}, None)
    assert told() == [LeadChanged(lead.pk, contact.pk, ("phone",), "channel")]
    assert Lead.objects.get() == lead


def test_profile_name_is_not_taken_for_the_name(contact: Contact, bot: Bot) -> None:
    assert lead_of(contact, bot).missing == ["name", "email", "location"]


def test_contact_without_a_phone_has_a_lead_of_which_nothing_is_known(hidden: Contact, bot: Bot, told: Told) -> None:
    lead = lead_of(hidden, bot)
    assert lead.values == {} and lead.missing == ["name", "email", "phone", "location"]
    assert told() == [LeadChanged(lead.pk, hidden.pk, (), "channel")]


def test_lead_is_made_once(contact: Contact, bot: Bot, told: Told) -> None:
    first = lead_of(contact, bot)
    told()
    assert lead_of(contact, bot) == first
    assert Lead.objects.count() == 1 and told() == []


def test_each_bot_has_its_own(contact: Contact, bot: Bot) -> None:
    assert lead_of(contact, bot) != lead_of(contact, create_bot("Ben", business="Acme Cafés"))


def test_number_that_becomes_known_later_fills_the_phone(hidden: Contact, bot: Bot, told: Told) -> None:
    lead = lead_of(hidden, bot)
    save_fields(lead, {"name": "Maya", "email": "maya@example.org", "location": "Leeds"}, message_id=1)
    told()
    alias(Identity(IdentityKind.BSUID, "GB.13491208655302741918"), Identity(IdentityKind.PHONE, "447700900123"))
    found = lead_of(Contact.objects.get(pk=hidden.pk), bot)
    assert found.value("phone") == "+447700900123" and found.stage == Lead.Stage.QUALIFIED
    assert told() == [LeadChanged(lead.pk, hidden.pk, ("phone", "stage"), "channel")]


def test_number_the_contact_gave_stands_against_the_channels(contact: Contact, bot: Bot) -> None:
    save_fields(lead_of(contact, bot), {"phone": "+4915112345678"}, message_id=1)
    assert lead_of(contact, bot).value("phone") == "+4915112345678"
