"""Who is told of what: the audience of a conversation and the names of the groups."""

import re

from apps.accounts.models import Role
from apps.live.audience import conversation_audience, groups, member, roles

SEE_ALL = {"role.owner", "role.admin", "role.editor", "role.supervisor", "role.viewer"}


def test_an_unassigned_conversation_is_for_all_and_every_vendor() -> None:
    assert conversation_audience(None).names == SEE_ALL | {"role.vendor"}


def test_an_assigned_conversation_is_for_its_vendor_and_who_sees_all() -> None:
    assert conversation_audience(42).names == SEE_ALL | {"member.42"}


def test_groups_carry_the_schema() -> None:
    assert groups("w_0123456789abcdef", roles(Role.VENDOR) | member(42)) == [
        "w_0123456789abcdef.member.42",
        "w_0123456789abcdef.role.vendor",
    ]


def test_group_names_are_ones_that_channels_allows() -> None:
    names = groups("w_0123456789abcdef", roles(*Role) | member(2**63))
    assert len(names) == 7
    assert all(re.fullmatch(r"[a-zA-Z0-9_.-]{1,99}", name) for name in names)
