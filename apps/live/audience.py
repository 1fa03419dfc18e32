"""Who is told: an Audience names roles and members of the workspace, never what a client asked for.

Owns the names of the channel groups; each carries the schema, so that no push crosses workspaces.
"""

from dataclasses import dataclass

from apps.accounts.models import Role
from apps.accounts.roles import CAN

SEES_ALL = CAN["see_all_conversations"]
#: Who may see a conversation, in one group for each case: a push costs as much as it has groups.
OF_ANYBODY, OF_NOBODY = "conversations.all", "conversations.free"
MAY_SEE = {OF_ANYBODY: SEES_ALL, OF_NOBODY: SEES_ALL | {Role.VENDOR}}
#: What only sockets hear: whether their page may still listen is to be looked at now, and not at the next round.
LOOK = "look"


@dataclass(frozen=True)
class Audience:
    """Some of a workspace's people. Join audiences with `|`."""

    names: frozenset[str]

    def __or__(self, other: "Audience") -> "Audience":
        return Audience(self.names | other.names)


def roles(*chosen: Role) -> Audience:
    """Everybody who has one of these roles."""
    return Audience(frozenset(f"role.{Role(role).value}" for role in chosen))


def member(user_id: int) -> Audience:
    """One person, in all the pages they have open."""
    return Audience(frozenset({f"member.{user_id}"}))


def visitor(key: str, visitor_id: str) -> Audience:
    """One visitor of the web chat with this key, in all the pages of the website they have open."""
    return Audience(frozenset({f"visitor.{key}.{visitor_id}"}))


def conversation_audience(vendor_id: int | None) -> Audience:
    """Those who may see a conversation: who sees all, and its vendor, or every vendor while it has none."""
    if vendor_id is None:
        return Audience(frozenset({OF_NOBODY}))
    return Audience(frozenset({OF_ANYBODY})) | member(vendor_id)


def seat(user_id: int, role: Role) -> Audience:
    """All that a member in this role hears."""
    sees = {name for name, allowed in MAY_SEE.items() if role in allowed}
    return roles(role) | member(user_id) | Audience(frozenset(sees))


def person(user_id: int) -> str:
    """The group of somebody's pages in all workspaces. It only ever hears LOOK, which says nothing of any of them."""
    return f"person.{user_id}"


def groups(schema: str, audience: Audience) -> list[str]:
    """The channel groups of an audience in a workspace, e.g. `w_0123456789abcdef.role.vendor`.

    Channels allows letters, digits, hyphens, underscores and full stops, up to 99 characters.
    """
    return sorted(f"{schema}.{name}" for name in audience.names)
