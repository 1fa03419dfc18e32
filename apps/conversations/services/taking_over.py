"""Who has the conversation: the bot or people. Taking over voids what the bot had decided but not yet sent."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.conversations.events import ConversationChanged, PersonTookOver
from apps.conversations.models import Conversation, Message
from apps.conversations.states import call_off, lock
from apps.core import audit
from apps.core.actors import Kind, actor
from apps.core.events import publish


def take_over(conversation: Conversation, *, user: User | None, why: Conversation.Paused) -> Conversation:
    """A person has it: the bot is silent, its pending messages are cancelled. Returns the conversation, locked."""
    with transaction.atomic():
        locked, news = _pause(conversation.pk, why)
        if user is not None and locked.vendor_id is None:
            locked.vendor, news = user, True
            locked.save(update_fields=["vendor"])
        if news and (user is not None or actor().kind == Kind.KEY):  # else somebody at the phone, known by no name
            audit.record("conversation.taken_over", locked)
        publish(PersonTookOver(locked.pk, user.pk if user else None))
    return locked


def hand_over(conversation_id: int) -> Conversation:
    """The bot gives the conversation to people who are still to be found."""
    with transaction.atomic():
        return _pause(conversation_id, Conversation.Paused.HANDOFF)[0]


def _pause(conversation_id: int, why: Conversation.Paused) -> tuple[Conversation, bool]:
    """The conversation as it is now, and whether the bot had it until now.

    A bot that somebody switched off here stays switched off: whoever writes after that does not take it back.
    """
    conversation = lock(conversation_id)
    bot_had_it = conversation.ai_on
    if conversation.ai_paused_why == Conversation.Paused.SWITCH:
        why = Conversation.Paused.SWITCH
    Conversation.objects.filter(pk=conversation_id).update(
        epoch=F("epoch") + 1, ai_paused_at=Now(), ai_paused_why=why, changed_at=Now()
    )
    conversation.refresh_from_db()
    take_back(conversation)
    publish(ConversationChanged(conversation.pk))
    return conversation, bot_had_it


def switch_ai(conversation: Conversation, *, on: bool, user: User | None = None) -> Conversation:
    """Lets the bot answer again, or silences it."""
    if not on:
        return take_over(conversation, user=user, why=Conversation.Paused.SWITCH)
    with transaction.atomic():
        locked = lock(conversation.pk)
        if not locked.ai_on:
            audit.record("conversation.given_back", locked)
        locked.ai_paused_at, locked.ai_paused_why = None, Conversation.Paused.NOT
        locked.changed_at = timezone.now()
        locked.save(update_fields=["ai_paused_at", "ai_paused_why", "changed_at"])
        publish(ConversationChanged(locked.pk))
    return locked


def resume_after_silence(conversation: Conversation, *, hours: float) -> bool:
    """Gives the conversation back to the bot when the person who took it over has been silent so long; whether it did.

    Looked at under the lock: a person who answers at this very moment has it.
    """
    if conversation.ai_on or conversation.ai_paused_why != Conversation.Paused.PERSON:
        return False
    with transaction.atomic():
        locked = lock(conversation.pk)
        if locked.ai_on or locked.ai_paused_why != Conversation.Paused.PERSON or not _silent(locked, hours):
            return False
        switch_ai(locked, on=True)
    return True


def _silent(conversation: Conversation, hours: float) -> bool:
    people = conversation.messages.filter(author__in=[Message.Author.PERSON, Message.Author.PHONE])
    latest = people.order_by("-id").values_list("created_at", flat=True).first()
    return timezone.now() - max(filter(None, [latest, conversation.ai_paused_at])) > timedelta(hours=hours)


def take_back(conversation: Conversation) -> None:
    """Cancels what the bot has said and not yet sent. Call it with the conversation locked."""
    for message in conversation.messages.filter(state=Message.State.PENDING, author=Message.Author.BOT):
        call_off(message)


def mark_seen(conversation: Conversation) -> None:
    """Nothing in it is unread any more."""
    with transaction.atomic():
        changed = Conversation.objects.filter(pk=conversation.pk, unread__gt=0).update(
            unread=0, changed_at=timezone.now()
        )
        if changed:
            publish(ConversationChanged(conversation.pk))
