"""What each role may do, in one table used by views, sockets and templates, and what that is in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
    "manage_workspace": MANAGERS,
    "see_team": MANAGERS | {Role.SUPERVISOR},
    "see_audit": MANAGERS,
    "manage_team": MANAGERS,
    "build_workspace": MANAGERS,
    "hand_over_workspace": frozenset({Role.OWNER}),
}

#: The rows of CAN as the team page tells them, in its order.
IN_WORDS: dict[str, str | Promise] = {
    "see_panel": _("Use the panel, with what nobody has yet"),
    "answer": _("Answer customers"),
    "work_leads": _("Work leads"),
    "see_all_conversations": _("See everybody's conversations"),
    "see_team": _("See who is in the team"),
    "manage_bots": _("Make and teach bots"),
    "manage_inboxes": _("Connect numbers and web chats"),
    "manage_model_keys": _("Set keys of language models"),
    "manage_api_keys": _("Make API keys for programs"),
    "manage_workspace": _("Change the business's name, logo and time zone"),
    "see_audit": _("See who changed what"),
    "manage_team": _("Invite, change roles, deactivate"),
    "build_workspace": _("Have a workspace built again that failed"),
    "hand_over_workspace": _("Hand the workspace over"),
}


def can(membership: Membership | None, what: str) -> bool:
    """Whether the member may do this. Nobody may do what is not in the table (KeyError)."""
    allowed = CAN[what]
    return membership is not None and membership.active and membership.user.is_active and membership.role in allowed


def role_can(role: str, what: str) -> bool:
    """Whether a role allows it, whoever has it. Nobody may do what is not in the table (KeyError)."""
    return role in CAN[what]
