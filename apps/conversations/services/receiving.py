"""What comes in: messages of contacts, echoes of the phone app, and what became of ours."""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.contacts import services as contacts
from apps.contacts.models import Contact
from apps.conversations.events import MessageReceived
from apps.conversations.models import Conversation, Message
from apps.conversations.services.taking_over import take_over
from apps.conversations.states import lock, move, record
from apps.core.events import publish
from apps.inboxes.models import Inbox
from apps.inboxes.services import mark_broken
from apps.providers.base import (
    ANSWERABLE,
    ContentKind,
    DeliveryState,
    Echo,
    Failure,
    Identity,
    IdentityKind,
    Inbound,
    Party,
    Status,
    Trouble,
)

#: These never open a conversation; in one that exists they are kept and cause no reply.
SILENT = frozenset({ContentKind.SYSTEM, ContentKind.WELCOME, ContentKind.REACTION, ContentKind.CALL_PERMISSION})
#: Longest text we keep, in characters. No vendor sends as much; a hostile body may.
MAX_TEXT = 100_000


def receive(inbox: Inbox, inbound: Inbound) -> Message | None:
    """Stores what a contact wrote, with contact and conversation; a repeat returns what is stored.

    None when there is nothing to keep: a greeting event or a reaction where no conversation is.
    """
    stored = _stored(inbox, inbound.external_id)
    if stored is not None:
        return stored
    if inbound.kind == ContentKind.SYSTEM:
        _learn_new_identity(inbound)
    if inbound.kind in SILENT and not _has_conversation(inbox, inbound.sender):
        return None
    try:
        with transaction.atomic():
            return _store(inbox, inbound)
    except IntegrityError:
        stored = _stored(inbox, inbound.external_id)  # the same message came at the same time
        if stored is None:
            raise
        return stored


def _store(inbox: Inbox, inbound: Inbound) -> Message:
    contact = contacts.resolve(inbound.sender)
    conversation = lock(_conversation(inbox, contact).pk)
    repeated = _stored(inbox, inbound.external_id)
    if repeated is not None:
        return repeated
    answerable = inbound.kind in ANSWERABLE
    message = Message.objects.create(
        conversation=conversation,
        inbox=inbox,
        direction=Message.Direction.IN,
        author=Message.Author.CONTACT,
        kind=inbound.kind,
        text=inbound.text[:MAX_TEXT],
        content=dict(inbound.content),
        referral=dict(inbound.referral),
        reply_to=inbound.reply_to[:200],
        external_id=inbound.external_id[:200],
        state=Message.State.RECEIVED,
        sent_at=inbound.sent_at,
        answered_at=None if answerable else timezone.now(),
    )
    if inbound.kind in (ContentKind.EDIT, ContentKind.REVOKE):
        _change_target(conversation, inbound)
    if inbound.kind not in SILENT:
        _bring_forward(conversation, message)
    publish(MessageReceived(conversation.pk, message.pk, answerable))
    return message


def _bring_forward(conversation: Conversation, message: Message) -> None:
    now = timezone.now()
    conversation.unread += 1
    conversation.last_inbound_at = max(filter(None, [conversation.last_inbound_at, min(message.sent_at or now, now)]))
    conversation.last_message_at = conversation.changed_at = now
    conversation.preview = preview_of(message)
    conversation.save(update_fields=["unread", "last_inbound_at", "last_message_at", "changed_at", "preview"])


def preview_of(message: Message) -> str:
    """One line that says in a list what the message is."""
    words = " ".join(message.text.split())
    return (words or f"[{message.kind.replace('_', ' ')}]")[:160]


def _change_target(conversation: Conversation, inbound: Inbound) -> None:
    """Applies an edit or a deletion by the contact to the message it is about."""
    target = conversation.messages.filter(external_id=str(inbound.content.get("target", ""))[:200]).first()
    if target is None or target.direction != Message.Direction.IN:
        return
    if inbound.kind == ContentKind.EDIT:
        target.text, target.content = inbound.text[:MAX_TEXT], {**target.content, "edited": True}
    else:
        target.text, target.content = "", {"revoked": True}
        target.answered_at = target.answered_at or timezone.now()
    target.save(update_fields=["text", "content", "answered_at"])


def echo(inbox: Inbox, seen: Echo) -> Message | None:
    """Stores what the business wrote in the phone app; that person has the conversation now.

    An echo of a message that we ourselves have under way only settles that message.
    """
    with transaction.atomic():
        stored = _stored(inbox, seen.external_id)
        if stored is not None:
            return stored
        contact = contacts.resolve(seen.recipient)
        conversation = lock(_conversation(inbox, contact).pk)
        ours = conversation.messages.filter(state__in=["sending", "unknown"], text=seen.text).order_by("id").first()
        if ours is not None:
            confirm(ours, seen.external_id)
            return ours
        message = Message.objects.create(
            conversation=conversation,
            inbox=inbox,
            direction=Message.Direction.OUT,
            author=Message.Author.PHONE,
            kind=seen.kind,
            text=seen.text[:MAX_TEXT],
            content=dict(seen.content),
            reply_to=seen.reply_to[:200],
            external_id=seen.external_id[:200],
            state=Message.State.SENT,
            sent_at=seen.sent_at,
        )
        record(message, Message.State.SENT)
        conversation.last_message_at, conversation.preview = timezone.now(), preview_of(message)
        conversation.save(update_fields=["last_message_at", "preview"])
        take_over(conversation, user=None, why=Conversation.Paused.PERSON)
    return message


def confirm(message: Message, external_id: str) -> None:
    """The vendor has the message under this id."""
    with transaction.atomic():
        lock(message.conversation_id)
        if _stored(message.inbox, external_id) is None:
            Message.objects.filter(pk=message.pk, external_id__isnull=True).update(external_id=external_id[:200])
        move(message, Message.State.SENT)


def mark(inbox: Inbox, status: Status) -> Message | None:
    """Moves the message that a vendor's status is about; None when it is not one of ours.

    Found by the vendor's id, else by our own key that the vendor echoes: so a status that overtakes the answer
    to the send, or follows an unknown one, finds it too.
    """
    message = _stored(inbox, status.external_id) or _by_key(inbox, status.opaque)
    if message is None or message.direction != Message.Direction.OUT:
        return None
    if not message.external_id:
        confirm(message, status.external_id)
    if status.state == DeliveryState.FAILED:
        _fail(inbox, message, status.failure or Failure(Trouble.UNDELIVERABLE))
    else:
        move(message, Message.State(status.state.value))
    return message


def _fail(inbox: Inbox, message: Message, failure: Failure) -> None:
    move(
        message,
        Message.State.FAILED,
        trouble=failure.trouble,
        trouble_code=failure.code[:40],
        trouble_detail=failure.detail[:300],
    )
    if failure.trouble == Trouble.ACCOUNT:
        mark_broken(inbox, failure.text)


def _stored(inbox: Inbox, external_id: str) -> Message | None:
    return Message.objects.filter(inbox=inbox, external_id=external_id[:200]).first() if external_id else None


def _by_key(inbox: Inbox, opaque: str) -> Message | None:
    try:
        key = uuid.UUID(opaque)
    except ValueError:
        return None  # put there by another tool on the same number
    return Message.objects.filter(inbox=inbox, key=key).first()


def _conversation(inbox: Inbox, contact: Contact) -> Conversation:
    return Conversation.objects.get_or_create(inbox=inbox, contact=contact)[0]


def _has_conversation(inbox: Inbox, party: Party) -> bool:
    known = [(identity.kind, identity.value) for identity in party.identities]
    return any(
        Conversation.objects.filter(
            inbox=inbox, contact__identities__kind=kind, contact__identities__value=value
        ).exists()
        for kind, value in known
    )


def _learn_new_identity(inbound: Inbound) -> None:
    """A vendor says that a person changed their number or id: the new one is the same contact's."""
    for kind in (IdentityKind.PHONE, IdentityKind.BSUID):
        old, new = inbound.content.get(f"old_{kind}"), inbound.content.get(f"new_{kind}")
        if isinstance(old, str) and isinstance(new, str) and old and new:
            contacts.alias(Identity(kind, old), Identity(kind, new))
