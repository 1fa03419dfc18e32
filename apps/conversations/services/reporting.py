"""What became of messages of ours: the vendor took them, delivered them, or gave them up."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from apps.conversations.models import Message
from apps.conversations.services import pausing, settling
from apps.conversations.services.deciding import requeue
from apps.conversations.states import ALLOWED, ARRIVED, lock, move, move_on, trouble_of
from apps.core.statements import Statement
from apps.inboxes.models import Inbox
from apps.providers.base import DeliveryState, Failure, Status, Trouble

#: Finds the inbox's message that the vendor calls by this id.
Known = Callable[[Inbox, str], Message | None]
#: Notes that the vendor told something of the inbox's messages at this time of its clock.
HeardOf = Callable[[Inbox, datetime | None], None]

#: Vendors tell times without fractions.
WHOLE_SECOND = timedelta(seconds=1)
# The vendor's id is nobody's yet, or the message keeps the one it has. Touches no row for a send that was given up.
CALL_IT = Statement("""
UPDATE conversations_message m SET external_id = CASE
  WHEN m.external_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM conversations_message other WHERE other.inbox_id = %(inbox)s AND other.external_id = %(id)s
  ) THEN %(id)s::text ELSE m.external_id END
WHERE m.id = %(message)s AND NOT %(whole)s::text = ANY(m.former_ids)
""")

#: What was found so may have become unknown meanwhile, and then holds back what comes after it.
MAY_BE_UNKNOWN = frozenset({Message.State.PENDING, Message.State.SENDING, Message.State.UNKNOWN})


def known(inbox: Inbox, external_id: str) -> Message | None:
    """The inbox's message that the vendor calls by this id."""
    return Message.objects.filter(inbox=inbox, external_id=external_id[:200]).first() if external_id else None


def known_of(inbox: Inbox, external_ids: Iterable[str]) -> dict[str, Message]:
    """The inbox's messages that the vendor calls by these ids."""
    names = {external_id[:200]: external_id for external_id in external_ids}
    found = Message.objects.filter(inbox=inbox, external_id__in=names)
    return {names[message.external_id]: message for message in found if message.external_id}


def confirm(message: Message, external_id: str) -> None:
    """The vendor has the message under this id."""
    with transaction.atomic():
        lock(message.conversation_id)
        asked = {"message": message.pk, "inbox": message.inbox_id, "id": external_id[:200], "whole": external_id}
        if CALL_IT.run(asked):  # else that send was given up meanwhile, and the message waits for its next one
            move(message, Message.State.SENT)


def mark(
    inbox: Inbox, status: Status, *, known: Known = known, heard_of: HeardOf = settling.heard_of
) -> Message | None:
    """Moves the message that a vendor's status is about; None when it is not one of ours.

    Found by the vendor's id, else by our own key that the vendor echoes: so a status that overtakes the answer
    to the send, or follows an unknown one, finds it too. Whoever marks many brings a `known` that looked for them all
    a moment ago, and a `heard_of` that notes only once that the vendor told something.
    """
    message = known(inbox, status.external_id) or _by_key(inbox, status.opaque)
    if message is None or message.direction != Message.Direction.OUT:
        return None
    if status.external_id not in message.former_ids and not _says_nothing_new(inbox, message, status):
        _apply(inbox, message, status)
    heard_of(inbox, status.at)
    return message


def mark_all(inbox: Inbox, statuses: Sequence[Status], *, known: Known, heard_of: HeardOf) -> list[Status]:
    """Moves the messages that plain news are about, in a few statements; the other news, to be marked one by one.

    Plain is that a message the vendor had taken is where vendors bring messages. A message is moved into one state
    after the other, as it would be by one after the other.
    """
    told: dict[Message.State, list[Message]] = {Message.State.DELIVERED: [], Message.State.READ: []}
    plain: list[Status] = []
    rest: list[Status] = []
    for status in statuses:
        message = known(inbox, status.external_id)
        if message is None or message.state not in ARRIVED or status.state == DeliveryState.FAILED:
            rest.append(status)
            continue
        plain.append(status)
        if not _says_nothing_new(inbox, message, status):
            told[Message.State(status.state.value)].append(message)
    with transaction.atomic():
        for state, messages in told.items():
            if messages:
                move_on(messages, state)
    for status in plain:
        heard_of(inbox, status.at)
    return rest


def _says_nothing_new(inbox: Inbox, message: Message, status: Status) -> bool:
    """Whether the status could not have moved the message, as it was found.

    The status had come in before that: what others have done to the message since, they have done after it.
    """
    if not message.external_id or (_against_the_number(status) and not _is_past(inbox, status)):
        return False
    return message.state not in ALLOWED[Message.State(status.state.value)]


def _against_the_number(status: Status) -> bool:
    return status.failure is not None and status.failure.trouble in pausing.OF_THE_NUMBER


def _is_past(inbox: Inbox, status: Status) -> bool:
    """Whether the vendor said it before the number was repaired: vendors repeat themselves, deliveries are replayed."""
    if status.at is None:
        return False
    return Inbox.objects.filter(pk=inbox.pk, working_since__gt=status.at + WHOLE_SECOND).exists()


def _apply(inbox: Inbox, message: Message, status: Status) -> None:
    before = message.state
    # Given up meanwhile and waiting for its next send, it is none of the status any more.
    same_send = Q(external_id=message.external_id) if message.external_id else Q()
    if not message.external_id:
        confirm(message, status.external_id)
    if status.state == DeliveryState.FAILED:
        _fail(inbox, message, status, same_send)
    else:
        move(message, Message.State(status.state.value), only_if=same_send)
    if before in MAY_BE_UNKNOWN:
        settling.found(message)


def _fail(inbox: Inbox, message: Message, status: Status, same_send: Q) -> None:
    """The vendor took the message and then gave it up. One that it gave up for the number's sake is kept.

    All of it or nothing: one that has failed already would not be kept any more. The number is noted before the message
    is made due, for who wakes a number's messages locks in this order too.
    """
    failure = status.failure or Failure(Trouble.UNDELIVERABLE)
    with transaction.atomic():
        failed = move(message, Message.State.FAILED, only_if=same_send, **trouble_of(failure))
        if _against_the_number(status):
            if not _is_past(inbox, status):
                pausing.refused(inbox, failure)
            if failed:
                requeue(message)


def _by_key(inbox: Inbox, opaque: str) -> Message | None:
    try:
        key = uuid.UUID(opaque)
    except ValueError:
        return None  # put there by another tool on the same number
    return Message.objects.filter(inbox=inbox, key=key).first()
