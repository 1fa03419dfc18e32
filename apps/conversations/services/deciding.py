"""What a person decides about a message that did not simply arrive. Each is decided once."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from apps.accounts.models import User
from apps.contacts.services import check_wants_messages
from apps.conversations.models import Conversation, Message
from apps.conversations.services.taking_over import take_over
from apps.conversations.states import CLEAN, DELIVER, lock, move
from apps.core import audit
from apps.work.services import make_due

#: A message that the vendor gives up again and again for the number's sake is given up too.
MOST_TRIES = 30
#: States in which a person may have a message sent once more.
RESENDABLE = (Message.State.FAILED, Message.State.UNCONFIRMED)


def retry(message: Message, *, user: User | None) -> bool:
    """Sends a failed or unconfirmed message again because a person says so; False when it is decided already.

    It is then that person's message, and the conversation is theirs: the bot does not talk into it. Raises
    ValidationError when the contact does not want to be written to.
    """
    with transaction.atomic():
        conversation = lock(message.conversation_id)
        message.refresh_from_db()
        if message.state not in RESENDABLE:
            return False
        check_wants_messages(conversation.contact_id)
        taken = take_over(message.conversation, user=user, why=Conversation.Paused.PERSON)
        by: dict[str, Any] = (
            {"author": Message.Author.PERSON, "user": user} if message.author == Message.Author.BOT else {}
        )
        anew = _anew(message) if message.state == Message.State.FAILED else {}
        moved = move(message, Message.State.PENDING, attempts=0, epoch=taken.epoch, **CLEAN, **by, **anew)
        if moved:
            make_due(DELIVER, message.conversation_id)
            audit.record("message.resent", message)
    return moved


def arrived(message: Message) -> bool:
    """A person says that an unconfirmed message arrived; False when it is decided already."""
    with transaction.atomic():
        lock(message.conversation_id)
        moved = move(message, Message.State.SENT, only_if=Q(state=Message.State.UNCONFIRMED))
        if moved:
            audit.record("message.arrived", message)
    return moved


def requeue(message: Message) -> bool:
    """Puts a message back that the vendor gave up for a reason that was the number's, not the message's."""
    if message.attempts >= MOST_TRIES:
        return False
    with transaction.atomic():
        conversation = lock(message.conversation_id)
        message.refresh_from_db()
        stands = ~Q(author=Message.Author.BOT) | Q(epoch=conversation.epoch)
        only_if = Q(state=Message.State.FAILED) & stands
        moved = move(message, Message.State.PENDING, only_if=only_if, **_anew(message))
        if moved:
            make_due(DELIVER, message.conversation_id)
    return moved


def _anew(message: Message) -> dict[str, Any]:
    """A failed send is over: what the vendor still says of it must not be taken for the next one's."""
    if not message.external_id:
        return {}
    return {"external_id": None, "former_ids": [*message.former_ids, message.external_id][-20:]}
