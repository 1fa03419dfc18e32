"""What a contact says of themselves is kept."""

from collections.abc import Callable

import pytest

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.contacts.services import resolve
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.leads.services import lead_of, save_fields
from apps.providers.base import Identity, IdentityKind, Party
from apps.tenants.models import Workspace

Told = Callable[[], list[LeadChanged]]


@pytest.fixture
def lead(contact: Contact, bot: Bot, told: Told) -> Lead:
    made = lead_of(contact, bot)
    told()
    return made


def test_value_is_kept_with_its_message(lead: Lead, told: Told) -> None:
    save_fields(lead, {"name": " Maya \n Lind ", "email": "maya@example.org"}, message_id=7)
    stored = Lead.objects.get()
    assert stored.fields["name"] == {"value": "Maya Lind", "source": "message", "message": 7}
    assert stored.values == {"name": "Maya Lind", "email": "maya@example.org", "phone": "+447700900123"}
    assert stored.stage == Lead.Stage.CAPTURING
    assert told() == [LeadChanged(lead.pk, lead.contact_id, ("name", "email"), "message")]


def test_last_field_qualifies(lead: Lead, told: Told) -> None:
    save_fields(lead, {"name": "Maya", "email": "maya@example.org"}, message_id=7)
    told()
    assert save_fields(lead, {"location": "Leeds"}, message_id=8).stage == Lead.Stage.QUALIFIED
    assert Lead.objects.get().stage == Lead.Stage.QUALIFIED
    assert told() == [LeadChanged(lead.pk, lead.contact_id, ("location", "stage"), "message")]


@pytest.mark.parametrize("stage", ["assigned", "won", "lost"])
def test_learning_never_moves_a_lead_back(lead: Lead, stage: str) -> None:
    Lead.objects.update(stage=stage)
    save_fields(lead, {"name": "Maya", "email": "maya@example.org", "location": "Leeds"}, message_id=7)
    assert Lead.objects.get().stage == stage


def test_message_replaces_the_channels_value(lead: Lead) -> None:
    save_fields(lead, {"phone": "+4915112345678"}, message_id=7)
    assert Lead.objects.get().fields["phone"] == {"value": "+4915112345678", "source": "message", "message": 7}


def test_newer_message_replaces_an_older_one_and_not_the_other_way(lead: Lead, told: Told) -> None:
    save_fields(lead, {"name": "Maya"}, message_id=7)
    save_fields(lead, {"name": "Maia"}, message_id=9)
    told()
    save_fields(lead, {"name": "Mia"}, message_id=8)
    assert Lead.objects.get().fields["name"] == {"value": "Maia", "source": "message", "message": 9}
    assert told() == []


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "+447700900123"},
        {"name": ""},
        {"name": " \x00 "},
        {"age": "30"},
        {},
        {"email": f"{'x' * 250}@example.org"},
        {"phone": "+" + "4" * 32},
    ],
)
def test_what_is_nothing_new_changes_nothing(lead: Lead, told: Told, values: dict[str, str]) -> None:
    before = Lead.objects.values().get()
    save_fields(lead, values, message_id=7)
    assert Lead.objects.values().get() == before
    assert told() == []


def test_long_name_and_place_are_cut(lead: Lead) -> None:
    save_fields(lead, {"name": "N" * 500, "location": "L" * 500}, message_id=7)
    stored = Lead.objects.get()
    assert (len(stored.value("name")), len(stored.value("location"))) == (120, 300)


def test_what_postgres_cannot_keep_is_left_out(lead: Lead) -> None:
    save_fields(lead, {"name": "Ma\x00ya \ud83d", "location": "مدينة 👋"}, message_id=7)
    assert (Lead.objects.get().value("name"), Lead.objects.get().value("location")) == ("Maya", "مدينة 👋")


def test_contacts_own_name_stays(lead: Lead, contact: Contact) -> None:
    save_fields(lead, {"name": "Maya Johansson"}, message_id=7)
    contact.refresh_from_db()
    assert contact.name == "Maya Lind"


def test_values_saved_from_two_stale_copies_are_both_kept(lead: Lead) -> None:
    copy = Lead.objects.get(pk=lead.pk)
    save_fields(lead, {"name": "Maya"}, message_id=7)
    save_fields(copy, {"email": "maya@example.org"}, message_id=8)
    assert Lead.objects.get().values == {"name": "Maya", "email": "maya@example.org", "phone": "+447700900123"}


def test_who_had_no_name_is_called_by_the_one_they_tell_and_by_its_correction(workspace: Workspace, bot: Bot) -> None:
    visitor = resolve(Party((Identity(IdentityKind.VISITOR, "8f9c0000"),), ""))
    lead = lead_of(visitor, bot)
    assert visitor.label == "Visitor 8F9C"
    for message_id, name in ((7, "Ines Carvalo"), (8, "Inês Carvalho")):
        lead = save_fields(lead, {"name": name}, message_id=message_id)
        assert Contact.objects.get(pk=visitor.pk).label == name


def test_the_name_that_the_vendor_tells_stays(lead: Lead) -> None:
    save_fields(lead, {"name": "Maya Lindqvist"}, message_id=7)
    assert Contact.objects.get(pk=lead.contact_id).name == "Maya Lind"
