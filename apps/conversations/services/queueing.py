"""What goes out: messages wait in their own rows, the conversation's delivery is made due with them."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from semantic_text_splitter import TextSplitter

from apps.accounts.models import User
from apps.contacts.services import check_wants_messages
from apps.conversations.models import Conversation, Message
from apps.conversations.services.receiving import preview_of
from apps.conversations.services.taking_over import take_over
from apps.conversations.states import DELIVER, lock, record
from apps.core.statements import Statement
from apps.providers import registry
from apps.work.services import make_due

NEWEST = Statement(
    "UPDATE conversations_conversation SET last_message_at = %s, changed_at = %s, preview = %s WHERE id = %s"
)


def queue(
    conversation: Conversation,
    *,
    text: str,
    author: Message.Author,
    user: User | None = None,
    via: str = "",
    key: uuid.UUID | None = None,
) -> list[Message]:
    """Puts a text in the outbox, in as many messages as the provider needs, and makes their delivery due.

    Call it with the conversation locked. A bot's message carries the epoch in which it was decided.
    """
    provider = registry.get(conversation.inbox.provider)
    messages: list[Message] = []
    for part in split(text, provider.max_text):
        message = Message.objects.create(
            conversation=conversation,
            inbox=conversation.inbox,
            direction=Message.Direction.OUT,
            author=author,
            user=user,
            via=via[:80],
            text=part,
            state=Message.State.PENDING,
            epoch=conversation.epoch,
            key=key if key and not messages else uuid.uuid4(),
        )
        record(message, Message.State.PENDING)
        messages.append(message)
    conversation.last_message_at = conversation.changed_at = timezone.now()
    conversation.preview = preview_of(messages[-1])
    NEWEST.run([conversation.last_message_at, conversation.changed_at, conversation.preview, conversation.pk])
    make_due(DELIVER, conversation.pk)
    return messages


def split(text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` characters, cut at paragraphs, sentences or words."""
    clean = text.replace("\x00", "").strip()
    return [clean] if len(clean) <= most else TextSplitter(most).chunks(clean)


def reply(
    conversation: Conversation, *, text: str, user: User | None, via: str = "", key: uuid.UUID | None = None
) -> Message:
    """Queues a person's answer and takes the conversation over. The same `key` again returns the first message.

    `user` None with `via`: a program wrote it for people; nobody is made the conversation's vendor by it.
    Raises ValidationError for an empty text, and for a contact who does not want to be written to.
    """
    if not text.replace("\x00", "").strip():
        raise ValidationError("Write something before you send.")
    with transaction.atomic():
        locked = lock(conversation.pk)
        sent = Message.objects.filter(key=key, conversation=locked).first() if key else None
        if sent is not None:
            return sent
        check_wants_messages(locked.contact_id)
        taken = take_over(locked, user=user, why=Conversation.Paused.PERSON)
        return queue(taken, text=text, author=Message.Author.PERSON, user=user, via=via, key=key)[0]
