"""How a message's state moves: one function, one table. Late or repeated receipts are no-ops."""

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from apps.conversations.events import MessageStateChanged
from apps.conversations.models import Conversation, Message, StateChange
from apps.core.events import publish

State = Message.State

#: Into each state only from these. A retry by hand and a sure refusal lead back to PENDING; nothing else goes back.
ALLOWED: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.FAILED, State.UNCONFIRMED}),
    State.SENDING: frozenset({State.PENDING}),
    State.UNKNOWN: frozenset({State.SENDING}),
    State.UNCONFIRMED: frozenset({State.UNKNOWN}),
    State.SENT: frozenset({State.SENDING, State.UNKNOWN, State.UNCONFIRMED}),
    State.DELIVERED: frozenset({State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT, State.FAILED}),
    State.READ: frozenset({State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT, State.DELIVERED, State.FAILED}),
    State.FAILED: frozenset({State.PENDING, State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT}),
    State.CANCELLED: frozenset({State.PENDING}),
}


def touch(conversation_id: int) -> None:
    """Marks the conversation changed for open pages, and locks it: Conversation comes before Message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_conversation SET changed_at = clock_timestamp() WHERE id = %s", [conversation_id]
        )


def move(message: Message, to: State, *, only_if: Q | None = None, **fields: object) -> bool:
    """Moves the message if its state, as it stands in the database, allows; returns whether it moved.

    `only_if` must hold too, `fields` are written with the move. The move is kept in the message's history.
    """
    with transaction.atomic():
        touch(message.conversation_id)
        movable = Message.objects.filter(Q(pk=message.pk, state__in=ALLOWED[to]) & (only_if or Q()))
        if not movable.update(state=to, changed_at=Now(), **fields):
            return False
        record(message, to)
    message.state = to
    return True


def record(message: Message, state: State) -> None:
    """Writes the message's coming into a state into its history, and tells."""
    StateChange.objects.create(message=message, state=state)
    publish(MessageStateChanged(message.conversation_id, message.pk, state))


def lock(conversation_id: int) -> Conversation:
    """The conversation, locked until the transaction ends. First in the lock order."""
    return Conversation.objects.select_for_update().select_related(None).get(pk=conversation_id)
