"""What somebody had in hand when they may not answer any more is everybody's again, and no customer is forgotten."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts import team
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.conversations.models import Conversation, Message
from apps.conversations.services import hand_over, take_over
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff, take
from apps.leads.models import Lead
from apps.leads.services import assign, lead_of
from apps.tenants.models import Workspace

Member = Callable[..., Membership]


@pytest.fixture
def owner(member: Member) -> Membership:
    return member(Role.OWNER, "olga@example.org")


@pytest.fixture
def vera(member: Member) -> Membership:
    return member(Role.VENDOR, "vera@example.org")


@pytest.fixture
def in_hand(
    workspace: Workspace, make_conversation: Callable[..., Conversation], vera: Membership
) -> tuple[Conversation, Handoff, Lead]:
    """A conversation that waited and that Vera has taken, with its lead."""
    conversation = make_conversation("A person, please")
    handoff = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="Asked.")
    take(conversation, user=vera.user)
    lead = assign(lead_of(conversation.contact, conversation.inbox.bot), vera.user)
    return conversation, handoff, lead


@pytest.mark.parametrize("leaving", ["deactivated", "made viewer"])
def test_what_somebody_had_in_hand_goes_back_to_everybody(
    workspace: Workspace, owner: Membership, vera: Membership, in_hand: Any, leaving: str
) -> None:
    conversation, handoff, lead = in_hand
    if leaving == "deactivated":
        team.deactivate(vera, by=owner)
    else:
        team.change_role(vera, "viewer", by=owner)
    for row in in_hand:
        row.refresh_from_db()
    assert (conversation.vendor_id, handoff.state, handoff.user_id) == (None, "pending", None)
    assert (lead.vendor_id, lead.stage) == (None, "capturing")
    assert Handoff.objects.count() == 1


def test_who_may_still_answer_keeps_what_they_have(
    workspace: Workspace, owner: Membership, vera: Membership, in_hand: Any
) -> None:
    conversation, handoff, lead = in_hand
    team.change_role(vera, "supervisor", by=owner)
    for row in in_hand:
        row.refresh_from_db()
    assert (conversation.vendor_id, handoff.user_id, lead.vendor_id) == (vera.user_id,) * 3


def test_a_lead_that_is_won_stays_the_vendors(
    workspace: Workspace, owner: Membership, vera: Membership, in_hand: Any
) -> None:
    lead = in_hand[2]
    Lead.objects.filter(pk=lead.pk).update(stage=Lead.Stage.WON)
    team.deactivate(vera, by=owner)
    lead.refresh_from_db()
    assert (lead.vendor_id, lead.stage) == (vera.user_id, "won")


def test_a_customer_who_waits_for_them_waits_for_somebody_else(
    workspace: Workspace, owner: Membership, vera: Membership, make_conversation: Callable[..., Conversation]
) -> None:
    """Vera took over without a handoff; the customer of one wrote last, the other has had their answer."""
    asked = make_conversation("Are you there?", phone="447700900201")
    answered = make_conversation("Thanks", phone="447700900202")
    for conversation in (asked, answered):
        take_over(conversation, user=vera.user, why=Conversation.Paused.PERSON)
    Message.objects.create(
        conversation=answered,
        inbox=answered.inbox,
        direction=Message.Direction.OUT,
        author=Message.Author.PERSON,
        text="You are welcome.",
        state=Message.State.SENT,
    )
    team.deactivate(vera, by=owner)
    waiting = Handoff.objects.filter(state=Handoff.State.PENDING).values_list("conversation", "reason")
    assert list(waiting) == [(asked.pk, "Whoever had this conversation left it.")]
    assert set(Conversation.objects.values_list("vendor", flat=True)) == {None}


def test_nothing_of_other_people_or_workspaces_is_released(
    workspace: Workspace, other: Workspace, owner: Membership, vera: Membership, member: Member, in_hand: Any
) -> None:
    colleague = member(Role.VENDOR)
    hand_over(in_hand[0].pk)
    Conversation.objects.update(vendor=colleague.user)
    add_member(other, email="vera@example.org", role=Role.VENDOR)
    team.deactivate(vera, by=owner)
    assert Conversation.objects.get().vendor_id == colleague.user_id
    assert Membership.objects.get(user=vera.user, workspace=other).active
