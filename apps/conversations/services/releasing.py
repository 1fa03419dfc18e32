"""What becomes of a person's conversations when they may not answer any more: they are everybody's again."""

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from apps.conversations.events import ConversationChanged, ConversationsReleased
from apps.conversations.models import Conversation, Message
from apps.core import audit
from apps.core.events import publish

#: So many open pages are told of at once, the newest first; the others are found by the pages' own catching up.
MOST_TOLD = 100


def release(user_id: int) -> None:
    """Takes all conversations from the person, and tells which of them a customer waits in while the bot is silent."""
    with transaction.atomic():
        theirs = Conversation.objects.filter(vendor=user_id)
        # In the order of their ids, as whoever else locks several would.
        ids = list(theirs.order_by("pk").select_for_update().values_list("pk", flat=True))
        if not ids:
            return
        held = Conversation.objects.filter(pk__in=ids)
        held.update(vendor=None, changed_at=timezone.now())
        for conversation in held.order_by("pk"):
            audit.record("conversation.released", conversation)
        publish(ConversationsReleased(user_id, _waiting(ids)))
        for conversation_id in held.order_by("-last_message_at", "-pk").values_list("pk", flat=True)[:MOST_TOLD]:
            publish(ConversationChanged(conversation_id))


def _waiting(ids: list[int]) -> tuple[int, ...]:
    """Those in which the customer wrote last and the bot does not answer."""
    last = Message.objects.filter(conversation=OuterRef("pk")).exclude(author=Message.Author.NOTE).order_by("-pk")
    silent = Conversation.objects.filter(pk__in=ids, ai_paused_at__isnull=False, inbox__hidden=False)
    waiting = silent.annotate(last=Subquery(last.values("direction")[:1])).filter(last=Message.Direction.IN)
    return tuple(waiting.order_by("pk").values_list("pk", flat=True))
