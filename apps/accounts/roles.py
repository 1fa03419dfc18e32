"""What each role may do, in one table used by views, sockets and templates."""

from apps.accounts.models import Membership, Role

EVERYBODY = frozenset(Role)
MANAGERS = frozenset({Role.OWNER, Role.ADMIN})

CAN: dict[str, frozenset[Role]] = {
    "see_panel": EVERYBODY,
    "see_all_conversations": EVERYBODY - {Role.VENDOR},
    "answer": EVERYBODY - {Role.VIEWER, Role.EDITOR},
    "work_leads": EVERYBODY - {Role.VIEWER, Role.EDITOR},
    "manage_bots": MANAGERS | {Role.EDITOR},
    "manage_inboxes": MANAGERS,
    "manage_model_keys": MANAGERS,
    "manage_api_keys": MANAGERS,
}


def can(membership: Membership | None, what: str) -> bool:
    """Whether the member may do this. Nobody may do what is not in the table (KeyError)."""
    allowed = CAN[what]
    return membership is not None and membership.user.is_active and membership.role in allowed
