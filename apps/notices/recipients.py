"""Who is told: members whose role allows what the notice is about, and who may see it."""

from apps.accounts.models import Membership, User
from apps.accounts.roles import can
from apps.core.statements import Statement, apart, columns
from apps.notices.kinds import Kind
from apps.work.services import workspace_id

MEMBERS = Statement(f"""
SELECT {columns(Membership, "m")}, {columns(User, "u")}
FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id WHERE m.workspace_id = %s ORDER BY m.id
""")  # noqa: S608  # nosec B608  # columns of ours


def members_for(kind: Kind) -> list[Membership]:
    """The active members whose role allows what this kind needs."""
    members = []
    for row in MEMBERS.rows([workspace_id()]):
        membership, membership.user = apart(row, Membership, User)
        if can(membership, kind.needs):
            members.append(membership)
    return members


def users_for(kind: Kind, *, but: int | None = None) -> list[User]:
    """Their users, without who caused it."""
    return [one.user for one in members_for(kind) if one.user_id != but]


def who_may_see(members: list[Membership], vendor_id: int | None) -> list[User]:
    """Of these, who may see what belongs to this vendor, or to nobody."""
    return [
        one.user
        for one in members
        if can(one, "see_all_conversations") or vendor_id is None or one.user_id == vendor_id
    ]


def whose_turn(members: list[Membership], vendor_id: int | None) -> list[User]:
    """The vendor who has it; while nobody has, or they may not do it any more, everybody who may see it."""
    theirs = [one.user for one in members if one.user_id == vendor_id]
    return theirs or who_may_see(members, vendor_id)
