"""What a turn sees of a conversation before it decides."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.conversations.services import switch_ai
from apps.handoff.services import open_of
from apps.inboxes.models import Inbox


@dataclass(frozen=True)
class Situation:
    """Everything the decision rests on, read once."""

    conversation: Conversation
    bot: Bot
    unanswered: tuple[Message, ...]  # in the vendor's order
    epoch: int
    opted_out: bool
    handoff_open: bool
    person_talking: bool
    bot_enabled: bool
    inbox_connected: bool

    @property
    def texts(self) -> list[str]:
        """What the contact wrote, message by message."""
        return [message.text for message in self.unanswered if message.text]


def look(conversation_id: int) -> Situation:
    """Reads the conversation as it stands. A person's long silence gives it back to the bot first."""
    conversation = Conversation.objects.select_related("inbox", "inbox__bot", "contact").get(pk=conversation_id)
    bot, handoff = conversation.inbox.bot, open_of(conversation_id)
    if handoff is None and _person_silent(conversation, bot):
        switch_ai(conversation, on=True)
        conversation.refresh_from_db()
    return Situation(
        conversation=conversation,
        bot=bot,
        unanswered=unanswered(conversation_id),
        epoch=conversation.epoch,
        opted_out=conversation.contact.opted_out_at is not None,
        handoff_open=handoff is not None,
        person_talking=not conversation.ai_on,
        bot_enabled=bot.enabled,
        inbox_connected=conversation.inbox.state == Inbox.State.CONNECTED,
    )


def unanswered(conversation_id: int) -> tuple[Message, ...]:
    """The received messages no turn has decided about, in the vendor's order: its clock, then arrival."""
    waiting = Message.objects.filter(
        conversation_id=conversation_id, direction=Message.Direction.IN, answered_at__isnull=True
    )
    return tuple(sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk)))


def _person_silent(conversation: Conversation, bot: Bot) -> bool:
    if conversation.ai_on or conversation.ai_paused_why != Conversation.Paused.PERSON:
        return False
    latest = (
        conversation.messages.filter(author__in=[Message.Author.PERSON, Message.Author.PHONE])
        .order_by("-id")
        .values_list("created_at", flat=True)
        .first()
    )
    silent_since = max(filter(None, [latest, conversation.ai_paused_at]))
    return timezone.now() - silent_since > timedelta(hours=bot.resume_after_hours)
