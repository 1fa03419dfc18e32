"""Tells open pages what changed."""

from apps.conversations.events import ConversationChanged, MessageReceived, MessageStateChanged
from apps.conversations.models import Conversation
from apps.core.events import after
from apps.live.audience import conversation_audience
from apps.live.push import push


@after(MessageReceived)
def push_received(event: MessageReceived) -> None:
    """A contact wrote."""
    _push(event.conversation_id)


@after(MessageStateChanged)
def push_state(event: MessageStateChanged) -> None:
    """A message of ours is in another state."""
    _push(event.conversation_id)


@after(ConversationChanged)
def push_change(event: ConversationChanged) -> None:
    """Somebody has it, left it, or read it."""
    _push(event.conversation_id)


def _push(conversation_id: int) -> None:
    """Pushes the conversation's id to those who may see it."""
    found = Conversation.objects.filter(pk=conversation_id).values_list("vendor_id", "changed_at").first()
    if found is not None:
        vendor_id, changed_at = found
        payload = {"type": "conversation", "id": conversation_id, "at": changed_at.isoformat()}
        push(conversation_audience(vendor_id), payload)
