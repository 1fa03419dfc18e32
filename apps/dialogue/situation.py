"""What a turn sees of a conversation before it decides."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.conversations.services import resume_after_silence
from apps.dialogue.loops import looping
from apps.handoff.services import still_open
from apps.inboxes.models import Inbox

# Written out, because Django would put it together anew for each of the many times.
UNANSWERED = """
SELECT * FROM conversations_message WHERE conversation_id = %s AND direction = 'in' AND answered_at IS NULL
"""


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
    inbox_broken: bool  # what it should send waits until it works again
    looping: str  # why it seems that another machine is at the other end; empty when it does not

    @property
    def texts(self) -> list[str]:
        """What the contact wrote, message by message."""
        return [message.text for message in self.unanswered if message.text]


def look(conversation_id: int) -> Situation:
    """Reads the conversation as it stands. A person's long silence gives it back to the bot first."""
    found = Conversation.objects.select_related("inbox", "inbox__bot", "contact")
    with_people = Exists(still_open().filter(conversation=OuterRef("pk")))
    conversation = found.annotate(with_people=with_people).get(pk=conversation_id)
    bot = conversation.inbox.bot
    if not conversation.with_people and resume_after_silence(conversation, hours=bot.resume_after_hours):
        conversation.refresh_from_db()
    waiting = unanswered(conversation_id)
    return Situation(
        conversation=conversation,
        bot=bot,
        unanswered=waiting,
        epoch=conversation.epoch,
        opted_out=conversation.contact.opted_out_at is not None,
        handoff_open=conversation.with_people,
        person_talking=not conversation.ai_on,
        bot_enabled=bot.enabled,
        inbox_connected=conversation.inbox.state != Inbox.State.DISCONNECTED,
        inbox_broken=conversation.inbox.state == Inbox.State.BROKEN,
        looping=looping(conversation_id, waiting) if conversation.ai_on else "",
    )


def unanswered(conversation_id: int) -> tuple[Message, ...]:
    """The received messages no turn has decided about, in the vendor's order: its clock, then arrival."""
    waiting = Message.objects.raw(UNANSWERED, [conversation_id])
    return tuple(sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk)))
