"""What a turn sees of a conversation before it decides."""

from dataclasses import dataclass

from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.contacts.services import acquaint
from apps.conversations.models import Conversation, Message
from apps.conversations.services import resume_after_silence
from apps.core.statements import Statement, apart, columns
from apps.dialogue.loops import looping
from apps.inboxes.models import Inbox

LOOK = Statement(f"""
SELECT {columns(Conversation, "c")}, {columns(Inbox, "i")}, {columns(Bot, "b")}, {columns(Contact, "p")},
       EXISTS (SELECT 1 FROM handoff_handoff h WHERE h.conversation_id = c.id AND h.state <> 'resolved')
FROM conversations_conversation c JOIN inboxes_inbox i ON i.id = c.inbox_id JOIN bots_bot b ON b.id = i.bot_id
JOIN contacts_contact p ON p.id = c.contact_id WHERE c.id = %s
""")  # noqa: S608  # nosec B608  # columns of ours
UNANSWERED = Statement(f"""
SELECT {columns(Message)} FROM conversations_message
WHERE conversation_id = %s AND direction = 'in' AND answered_at IS NULL
""")  # noqa: S608  # nosec B608


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
    """Reads the conversation as it stands. A person's long silence gives it back to the bot first.

    Raises Conversation.DoesNotExist.
    """
    row = LOOK.first([conversation_id])
    if row is None:
        raise Conversation.DoesNotExist(f"Conversation {conversation_id} does not exist any more.")
    *parts, with_people = row
    conversation, conversation.inbox, bot, conversation.contact = apart(parts, Conversation, Inbox, Bot, Contact)
    conversation.inbox.bot = bot
    acquaint(conversation.contact)
    if not with_people and resume_after_silence(conversation, hours=bot.resume_after_hours):
        conversation.refresh_from_db()
    waiting = unanswered(conversation_id)
    return Situation(
        conversation=conversation,
        bot=bot,
        unanswered=waiting,
        epoch=conversation.epoch,
        opted_out=conversation.contact.opted_out_at is not None,
        handoff_open=with_people,
        person_talking=not conversation.ai_on,
        bot_enabled=bot.enabled,
        inbox_connected=conversation.inbox.state != Inbox.State.DISCONNECTED,
        inbox_broken=conversation.inbox.state == Inbox.State.BROKEN,
        looping=looping(conversation_id, waiting) if conversation.ai_on else "",
    )


def unanswered(conversation_id: int) -> tuple[Message, ...]:
    """The received messages no turn has decided about, in the vendor's order: its clock, then arrival."""
    waiting = UNANSWERED.objects(Message, [conversation_id])
    return tuple(sorted(waiting, key=lambda message: (message.sent_at or message.created_at, message.pk)))
