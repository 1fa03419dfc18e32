"""A person who takes over has the open handoff; open pages hear of it."""

from apps.conversations.events import PersonTookOver
from apps.conversations.models import Conversation
from apps.core.events import after, within
from apps.handoff.events import HandoffChanged
from apps.handoff.services import assign_open
from apps.live.audience import conversation_audience
from apps.live.push import push


@within(PersonTookOver)
def assign_to_whom_took_over(event: PersonTookOver) -> None:
    """Assigns the waiting handoff; an answer from the phone app names nobody and leaves it waiting."""
    if event.user_id is not None:
        assign_open(event.conversation_id, event.user_id)


@after(HandoffChanged)
def push_handoff(event: HandoffChanged) -> None:
    """Pushes the handoff's id to those who may see its conversation."""
    vendor_id = Conversation.objects.filter(pk=event.conversation_id).values_list("vendor_id", flat=True).first()
    payload = {"type": "handoff", "id": event.handoff_id, "conversation": event.conversation_id}
    push(conversation_audience(vendor_id), payload)
