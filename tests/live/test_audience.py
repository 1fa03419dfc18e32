"""Who is told of what: the audience of a conversation and the names of the groups."""

import re

import pytest

from apps.accounts.models import Role
from apps.live.audience import conversation_audience, groups, member, roles, seat


@pytest.mark.parametrize("role", Role)
def test_an_unassigned_conversation_is_for_all_and_every_vendor(role: Role) -> None:
    assert conversation_audience(None).names & seat(7, role).names


@pytest.mark.parametrize("role", Role)
def test_an_assigned_conversation_is_for_its_vendor_and_who_sees_all(role: Role) -> None:
    assert conversation_audience(7).names & seat(7, role).names
    assert bool(conversation_audience(8).names & seat(7, role).names) is (role != Role.VENDOR)


def test_a_push_about_a_conversation_goes_to_two_groups_at_most() -> None:
    assert (len(conversation_audience(None).names), len(conversation_audience(7).names)) == (1, 2)


def test_groups_carry_the_schema() -> None:
    assert groups("w_0123456789abcdef", roles(Role.VENDOR) | member(42)) == [
        "w_0123456789abcdef.member.42",
        "w_0123456789abcdef.role.vendor",
    ]


def test_group_names_are_ones_that_channels_allows() -> None:
    names = groups("w_0123456789abcdef", roles(*Role) | member(2**63))
    assert len(names) == 7
    assert all(re.fullmatch(r"[a-zA-Z0-9_.-]{1,99}", name) for name in names)
