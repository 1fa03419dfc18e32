"""The kinds of notices in one table: who gets them, how often, and whether an e-mail follows."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Names of kinds, as rows have them.
HANDOFF = "handoff"
NEW_LEAD = "new_lead"
INBOX_BROKEN = "inbox_broken"
INBOX_REPAIRED = "inbox_repaired"
LIMIT_NEAR = "limit_near"
INBOX_THROTTLED = "inbox_throttled"
INBOX_SILENT = "inbox_silent"


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `needs` is what a member must be allowed (accounts.roles.CAN) to get it."""

    name: str
    label: str | Promise
    icon: str  # of lucide
    needs: str
    mail: bool  # whether an e-mail follows for whoever has not chosen
    once: bool = False  # a subject is told once for ever; else once until it is read
    counts: bool = True  # whether it counts up an unread notice of its subject, or only says how it stands now


KINDS = {
    kind.name: kind
    for kind in (
        Kind(HANDOFF, _("Somebody waits for a person"), "hand", "answer", mail=True),
        Kind(NEW_LEAD, _("A new lead"), "contact-round", "work_leads", mail=False, once=True),
        Kind(INBOX_BROKEN, _("An inbox stopped working"), "plug-zap", "manage_inboxes", mail=True),
        Kind(INBOX_REPAIRED, _("An inbox works again"), "plug", "manage_inboxes", mail=False, counts=False),
        Kind(INBOX_THROTTLED, _("An inbox is limited by its vendor"), "timer", "manage_inboxes", mail=True),
        Kind(INBOX_SILENT, _("An inbox is unusually silent"), "volume-x", "manage_inboxes", mail=True),
        Kind(LIMIT_NEAR, _("A limit of the plan is near"), "gauge", "manage_workspace", mail=True, once=True),
    )
}
