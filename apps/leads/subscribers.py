"""Tells open pages that a lead changed, and takes leads from who may not work them any more."""

from apps.accounts.events import MemberChanged
from apps.accounts.roles import role_can
from apps.core.events import after, within
from apps.core.statements import Statement
from apps.leads import services
from apps.leads.events import LeadChanged
from apps.live.audience import conversation_audience
from apps.live.push import push

VENDOR = Statement("SELECT vendor_id FROM leads_lead WHERE id = %s")


@after(LeadChanged)
def push_lead(event: LeadChanged) -> None:
    """Pushes the lead's id to those who may see it."""
    found = VENDOR.first([event.lead_id])
    push(conversation_audience(found[0] if found else None), {"type": "lead", "id": event.lead_id})


@within(MemberChanged)
def release(event: MemberChanged) -> None:
    """Whoever may not work leads any more has none that is open."""
    if not event.active or not role_can(event.role, "work_leads"):
        services.release(event.user_id)
