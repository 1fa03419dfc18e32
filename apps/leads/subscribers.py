"""Tells open pages that a lead changed."""

from apps.core.events import after
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.live.audience import conversation_audience
from apps.live.push import push


@after(LeadChanged)
def push_lead(event: LeadChanged) -> None:
    """Pushes the lead's id to those who may see it."""
    vendor_id = Lead.objects.filter(pk=event.lead_id).values_list("vendor_id", flat=True).first()
    push(conversation_audience(vendor_id), {"type": "lead", "id": event.lead_id})
