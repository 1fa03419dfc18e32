"""Who has the conversation: the bot or people. Taking over voids what the bot had decided but not yet sent."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.conversations.events import ConversationChanged, PersonTookOver
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock, move
from apps.core.events import publish


def take_over(conversation: Conversation, *, user: User | None, why: Conversation.Paused) -> Conversation:
    """A person has it: the bot is silent, its pending messages are cancelled. Returns the conversation, locked."""
    with transaction.atomic():
        locked = _pause(conversation.pk, why)
        if user is not None and locked.vendor_id is None:
            locked.vendor = user
            locked.save(update_fields=["vendor"])
        publish(PersonTookOver(locked.pk, user.pk if user else None))
    return locked


def hand_over(conversation_id: int) -> Conversation:
    """The bot gives the conversation to people who are still to be found."""
    with transaction.atomic():
        return _pause(conversation_id, Conversation.Paused.HANDOFF)


def _pause(conversation_id: int, why: Conversation.Paused) -> Conversation:
    conversation = lock(conversation_id)
    conversation.epoch += 1
    conversation.ai_paused_at, conversation.ai_paused_why = timezone.now(), why
    conversation.changed_at = timezone.now()
    conversation.save(update_fields=["epoch", "ai_paused_at", "ai_paused_why", "changed_at"])
    for message in conversation.messages.filter(state=Message.State.PENDING, author=Message.Author.BOT):
        move(message, Message.State.CANCELLED)
    publish(ConversationChanged(conversation.pk))
    return conversation


def switch_ai(conversation: Conversation, *, on: bool, user: User | None = None) -> Conversation:
    """Lets the bot answer again, or silences it."""
    if not on:
        return take_over(conversation, user=user, why=Conversation.Paused.SWITCH)
    with transaction.atomic():
        locked = lock(conversation.pk)
        locked.ai_paused_at, locked.ai_paused_why = None, Conversation.Paused.NOT
        locked.changed_at = timezone.now()
        locked.save(update_fields=["ai_paused_at", "ai_paused_why", "changed_at"])
        publish(ConversationChanged(locked.pk))
    return locked


def mark_seen(conversation: Conversation) -> None:
    """Nothing in it is unread any more."""
    with transaction.atomic():
        changed = Conversation.objects.filter(pk=conversation.pk, unread__gt=0).update(
            unread=0, changed_at=timezone.now()
        )
        if changed:
            publish(ConversationChanged(conversation.pk))
