"""How people move a lead through the sale."""

from collections.abc import Callable
from itertools import product

import pytest
from django.core.exceptions import ValidationError

from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.leads.services import assign, lead_of, set_stage
from apps.tenants.models import Workspace

Told = Callable[[], list[LeadChanged]]
Stage = Lead.Stage

MOVES = {
    Stage.CAPTURING: {Stage.QUALIFIED, Stage.ASSIGNED, Stage.WON, Stage.LOST},
    Stage.QUALIFIED: {Stage.ASSIGNED, Stage.WON, Stage.LOST},
    Stage.ASSIGNED: {Stage.QUALIFIED, Stage.WON, Stage.LOST},
    Stage.WON: {Stage.QUALIFIED, Stage.ASSIGNED, Stage.LOST},
    Stage.LOST: {Stage.QUALIFIED, Stage.ASSIGNED, Stage.WON},
}


@pytest.fixture
def lead(contact: Contact, bot: Bot, told: Told) -> Lead:
    made = lead_of(contact, bot)
    told()
    return made


@pytest.fixture
def vendor(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR)


def test_assigned_lead_has_its_vendor(lead: Lead, vendor: Membership, told: Told) -> None:
    assign(lead, vendor.user)
    stored = Lead.objects.get()
    assert (stored.vendor, stored.stage) == (vendor.user, Stage.ASSIGNED)
    assert told() == [LeadChanged(lead.pk, lead.contact_id, ("vendor", "stage"), "person")]


def test_assigning_again_changes_nothing(lead: Lead, vendor: Membership, told: Told) -> None:
    assign(lead, vendor.user)
    told()
    assign(lead, vendor.user)
    assert told() == []


def test_closed_lead_stays_closed_in_other_hands(lead: Lead, vendor: Membership) -> None:
    Lead.objects.update(stage=Stage.WON)
    assign(lead, vendor.user)
    assert (Lead.objects.get().vendor, Lead.objects.get().stage) == (vendor.user, Stage.WON)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
def test_who_does_not_work_leads_is_refused_one(lead: Lead, member: Callable[..., Membership], role: Role) -> None:
    with pytest.raises(ValidationError, match="does not work leads in this workspace. Make them a vendor first."):
        assign(lead, member(role).user)
    assert Lead.objects.get().vendor is None and Lead.objects.get().stage == Stage.CAPTURING


def test_vendor_of_another_workspace_is_refused(lead: Lead, other: Workspace, told: Told) -> None:
    stranger = add_member(other, email="stranger@example.org", role=Role.VENDOR).user
    with pytest.raises(ValidationError):
        assign(lead, stranger)
    assert Lead.objects.get().vendor is None and told() == []


@pytest.mark.parametrize(("before", "after"), list(product(Stage, Stage)))
def test_only_moves_that_make_sense_are_allowed(
    lead: Lead, vendor: Membership, told: Told, before: Lead.Stage, after: Lead.Stage
) -> None:
    Lead.objects.update(stage=before, vendor=vendor.user)
    if before == after:
        set_stage(lead, after, vendor.user)
        assert told() == []
    elif after in MOVES[before]:
        set_stage(lead, after, vendor.user)
        assert told() == [LeadChanged(lead.pk, lead.contact_id, ("stage",), "person")]
        before = after
    else:
        with pytest.raises(ValidationError, match=f"cannot become {after.label.lower()}"):
            set_stage(lead, after, vendor.user)
        assert told() == []
    assert Lead.objects.get().stage == before


def test_lead_of_nobody_is_not_assigned_by_its_stage(lead: Lead, vendor: Membership) -> None:
    with pytest.raises(ValidationError, match="Nobody has this lead. Assign it to somebody."):
        set_stage(lead, Stage.ASSIGNED, vendor.user)
    assert Lead.objects.get().stage == Stage.CAPTURING
