"""Tells open pages that a lead changed, and takes leads from who may not work them any more."""

from apps.accounts.events import MemberChanged
from apps.accounts.roles import role_can
from apps.core.events import after, within
from apps.leads import services
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.live.audience import conversation_audience
from apps.live.push import push


@after(LeadChanged)
def push_lead(event: LeadChanged) -> None:
    """Pushes the lead's id to those who may see it."""
    vendor_id = Lead.objects.filter(pk=event.lead_id).values_list("vendor_id", flat=True).first()
    push(conversation_audience(vendor_id), {"type": "lead", "id": event.lead_id})


@within(MemberChanged)
def release(event: MemberChanged) -> None:
    """Whoever may not work leads any more has none that is open."""
    if not event.active or not role_can(event.role, "work_leads"):
        services.release(event.user_id)
