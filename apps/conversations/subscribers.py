"""Tells open pages what changed."""

from typing import Any

from apps.conversations.events import ConversationChanged, MessageReceived, MessageStateChanged
from apps.conversations.models import Conversation
from apps.core.events import after
from apps.live.audience import conversation_audience
from apps.live.push import push


@after(MessageReceived)
@after(MessageStateChanged)
@after(ConversationChanged)
def push_conversation(event: Any) -> None:
    """Pushes the conversation's id to those who may see it."""
    found = Conversation.objects.filter(pk=event.conversation_id).values_list("vendor_id", "changed_at").first()
    if found is not None:
        vendor_id, changed_at = found
        payload = {"type": "conversation", "id": event.conversation_id, "at": changed_at.isoformat()}
        push(conversation_audience(vendor_id), payload)
