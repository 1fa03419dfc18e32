"""How a message's state moves: one function, one table. Late or repeated receipts are no-ops."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import Extract, Now

from apps.conversations.events import MessagesMoved
from apps.conversations.models import Conversation, Message
from apps.core.events import publish
from apps.core.statements import Statement, columns
from apps.providers.base import Failure

State = Message.State

#: The kind of work that sends what waits in a conversation.
DELIVER = "conversations.deliver"
#: What is kept of a message's trouble when it is over.
CLEAN: dict[str, Any] = {"trouble": "", "trouble_code": "", "trouble_detail": "", "wait_until": None}

#: Into each state only from these. What is to be sent once more leads back to PENDING (surely refused, shown by the
#: vendor's silence not to have arrived, wanted by a person); nothing else goes back. A PENDING one that turns out to
#: have arrived is the one that waits for its second sending; so it is UNCONFIRMED when that is called off.
ALLOWED: dict[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.FAILED, State.UNKNOWN, State.UNCONFIRMED}),
    State.SENDING: frozenset({State.PENDING}),
    State.UNKNOWN: frozenset({State.SENDING}),
    State.UNCONFIRMED: frozenset({State.UNKNOWN, State.PENDING}),
    State.SENT: frozenset({State.PENDING, State.SENDING, State.UNKNOWN, State.UNCONFIRMED}),
    State.DELIVERED: frozenset(
        {State.PENDING, State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT, State.FAILED}
    ),
    State.READ: frozenset(
        {State.PENDING, State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT, State.DELIVERED, State.FAILED}
    ),
    State.FAILED: frozenset({State.PENDING, State.SENDING, State.UNKNOWN, State.UNCONFIRMED, State.SENT}),
    State.CANCELLED: frozenset({State.PENDING}),
}
LOCK = Statement(f"SELECT {columns(Conversation)} FROM conversations_conversation WHERE id = %s FOR UPDATE")  # noqa: S608  # nosec B608  # columns of ours
# Locked in one order by everybody, so that two who touch the same ones do not wait for each other.
TOUCH = Statement("""
UPDATE conversations_conversation c SET changed_at = clock_timestamp()
FROM (SELECT id FROM conversations_conversation WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE) locked
WHERE c.id = locked.id
""")
RECORD = Statement("INSERT INTO conversations_statechange (message_id, state) VALUES (%s, %s)")
MOVE_ON = Statement("""
WITH moved AS (
  UPDATE conversations_message m SET state = %(to)s::text, changed_at = statement_timestamp()
  FROM unnest(%(ids)s::bigint[], %(external_ids)s::varchar[]) AS told (id, external_id)
  WHERE m.id = told.id AND m.external_id = told.external_id AND m.state = ANY(%(allowed)s::text[])
  RETURNING m.id, m.conversation_id
), kept AS (
  INSERT INTO conversations_statechange (message_id, state) SELECT id, %(to)s::text FROM moved
)
SELECT id, conversation_id FROM moved ORDER BY id
""")
#: The vendor has taken it.
ARRIVED = frozenset({State.SENT, State.DELIVERED, State.READ})


def seconds_until(field: str) -> Any:
    """How far ahead the time in a field lies, in seconds of the database's clock, as an expression."""
    return Extract(ExpressionWrapper(F(field) - Now(), output_field=DurationField()), "epoch")


def touch(*conversation_ids: int) -> None:
    """Marks the conversations changed for open pages, and locks them: Conversation comes before Message."""
    TOUCH.run([list(conversation_ids)])


def move(message: Message, to: State, *, only_if: Q | None = None, **fields: object) -> bool:
    """Moves the message if its state, as it stands in the database, allows; returns whether it moved.

    `only_if` must hold too, `fields` are written with the move. The move is kept in the message's history.
    """
    with transaction.atomic():
        if to != State.SENDING:  # whose mover holds the lock, and which no page needs to hear of
            touch(message.conversation_id)
        if to in ARRIVED:
            fields = {**CLEAN, **fields}
        movable = Message.objects.filter(Q(pk=message.pk, state__in=ALLOWED[to]) & (only_if or Q()))
        if not movable.update(state=to, changed_at=Now(), **fields):
            return False
        record(message, to)
    message.state = to
    return True


def call_off(message: Message) -> bool:
    """A waiting message is not to be sent; False when it does not wait. One that may have arrived before is shown."""
    to = State.UNCONFIRMED if may_have_arrived(message) else State.CANCELLED
    return move(message, to, only_if=Q(state=State.PENDING))


def may_have_arrived(message: Message) -> bool:
    """Whether nobody knows what became of an earlier send of a message that waits."""
    if not message.attempts:
        return False
    fates = message.history.exclude(state__in=[State.PENDING, State.SENDING])
    return fates.order_by("-id").values_list("state", flat=True).first() in (State.UNKNOWN, State.UNCONFIRMED)


def move_on(messages: Sequence[Message], to: State) -> None:
    """Moves messages that the vendor has taken on to where it says they are, in a few statements.

    Those that are no longer where that is allowed, or no longer called as they were, stay.
    """
    asked: dict[str, Any] = {
        "to": to.value,
        "ids": [message.pk for message in messages],
        "external_ids": [message.external_id for message in messages],
        "allowed": [state.value for state in ALLOWED[to] & ARRIVED],
    }
    with transaction.atomic():
        touch(*{message.conversation_id for message in messages})
        moved = MOVE_ON.rows(asked)
        if moved:
            ids, conversation_ids = zip(*moved, strict=True)
            publish(MessagesMoved(tuple(dict.fromkeys(conversation_ids)), ids, to))


def trouble_of(failure: Failure) -> dict[str, Any]:
    """A vendor's failure as a message keeps it."""
    return {
        "trouble": failure.trouble,
        "trouble_code": failure.code[:40],
        "trouble_detail": failure.detail[:300],
    }


def record(message: Message, state: State) -> None:
    """Writes the message's coming into a state into its history, and tells."""
    RECORD.run([message.pk, str(state)])
    publish(MessagesMoved((message.conversation_id,), (message.pk,), state))


def lock(conversation_id: int) -> Conversation:
    """The conversation, locked until the transaction ends. First in the lock order."""
    found = LOCK.objects(Conversation, [conversation_id])
    if not found:
        raise Conversation.DoesNotExist(f"Conversation {conversation_id} does not exist any more.")
    return found[0]
