"""What comes in: messages of contacts, and echoes of the phone app."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.contacts import services as contacts
from apps.contacts.models import Contact
from apps.conversations.events import MessagesReceived
from apps.conversations.models import Conversation, Message
from apps.conversations.services import reporting, settling
from apps.conversations.services.reporting import Known, confirm, known
from apps.conversations.services.taking_over import take_over
from apps.conversations.states import record
from apps.core import metrics
from apps.core.events import publish
from apps.core.statements import Statement, columns
from apps.inboxes.models import Inbox
from apps.providers.base import (
    ANSWERABLE,
    ContentKind,
    Echo,
    Identity,
    IdentityKind,
    Inbound,
    Party,
)

#: These never open a conversation; in one that exists they are kept and cause no reply.
SILENT = frozenset({ContentKind.SYSTEM, ContentKind.WELCOME, ContentKind.REACTION, ContentKind.CALL_PERMISSION})
LOCK_ALL = Statement(f"""
SELECT {columns(Conversation)} FROM conversations_conversation
WHERE inbox_id = %s AND contact_id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
""")  # noqa: S608  # nosec B608  # columns of ours
BRING_FORWARD = Statement("""
UPDATE conversations_conversation c
SET unread = forward.unread, last_inbound_at = forward.last_inbound_at, preview = forward.preview,
    last_message_at = %s, changed_at = %s
FROM unnest(%s::bigint[], %s::integer[], %s::timestamptz[], %s::varchar[])
  AS forward (id, unread, last_inbound_at, preview)
WHERE c.id = forward.id
""")
#: Longest text we keep, in characters. No vendor sends as much; a hostile body may.
MAX_TEXT = 100_000


def receive(inbox: Inbox, inbound: Inbound, *, known: Known = known, late: bool = False) -> Message | None:
    """Stores what a contact wrote, with contact and conversation; a repeat returns what is stored.

    Whoever receives many brings a `known` that looked for them all a moment ago: the database keeps messages unique.
    `late`: it came a while ago, and more of the same may wait to be received.
    None when there is nothing to keep: a greeting event or a reaction where no conversation is.
    """
    stored = known(inbox, inbound.external_id)
    if stored is not None:
        metrics.count("duplicates_suppressed")
        return stored
    if inbound.kind == ContentKind.SYSTEM:
        _learn_new_identity(inbound)
    if inbound.kind in SILENT and not _has_conversation(inbox, inbound.sender):
        return None
    try:
        with transaction.atomic():
            return _store(inbox, [inbound], late)[0]
    except IntegrityError:
        stored = reporting.known(inbox, inbound.external_id)  # the same message came at the same time
        if stored is None:
            raise
        metrics.count("duplicates_suppressed")
        return stored


def receive_all(inbox: Inbox, inbounds: Sequence[Inbound], *, known: Known = known, late: bool = False) -> None:
    """Stores what contacts wrote, all of it or nothing, in a few statements; repeats change nothing.

    For what `goes_together`; `known` and `late` as for `receive`. Raises IntegrityError when one of them is stored by
    somebody else at the same time.
    """
    new: dict[str, Inbound] = {}
    for inbound in inbounds:
        if inbound.external_id in new or known(inbox, inbound.external_id) is not None:
            metrics.count("duplicates_suppressed")
        else:
            new[inbound.external_id] = inbound
    if new:
        with transaction.atomic():
            _store(inbox, list(new.values()), late)


def goes_together(inbound: Inbound) -> bool:
    """Whether it may be stored together with others: what never opens a conversation has to ask first."""
    return inbound.kind not in SILENT


def _store(inbox: Inbox, inbounds: Sequence[Inbound], late: bool) -> list[Message]:
    found = contacts.resolve_all([inbound.sender for inbound in inbounds])
    conversations = _locked_all(inbox, found)
    now = timezone.now()
    messages = Message.objects.bulk_create(
        _message(inbox, conversations[contact.pk], inbound, now)
        for inbound, contact in zip(inbounds, found, strict=True)
    )
    for inbound, message in zip(inbounds, messages, strict=True):
        if inbound.kind in (ContentKind.EDIT, ContentKind.REVOKE):
            _change_target(message.conversation, inbound)
    _bring_forward([message for message in messages if message.kind not in SILENT], now)
    publish(
        MessagesReceived(
            tuple(dict.fromkeys(message.conversation_id for message in messages)),
            tuple(message.pk for message in messages),
            tuple(dict.fromkeys(message.conversation_id for message in messages if message.kind in ANSWERABLE)),
            late,
        )
    )
    return messages


def _message(inbox: Inbox, conversation: Conversation, inbound: Inbound, now: datetime) -> Message:
    return Message(
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
        answered_at=None if inbound.kind in ANSWERABLE else now,
    )


def _bring_forward(messages: Sequence[Message], now: datetime) -> None:
    """Each message is the newest of its conversation, one after the other."""
    conversations: dict[int, Conversation] = {}
    for message in messages:
        conversation = conversations.setdefault(message.conversation_id, message.conversation)
        conversation.unread += 1
        newest = [conversation.last_inbound_at, min(message.sent_at or now, now)]
        conversation.last_inbound_at = max(filter(None, newest))
        conversation.last_message_at = conversation.changed_at = now
        conversation.preview = preview_of(message)
    if not conversations:
        return
    forward = zip(*((c.pk, c.unread, c.last_inbound_at, c.preview) for c in conversations.values()), strict=True)
    BRING_FORWARD.run([now, now, *map(list, forward)])


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
        stored = known(inbox, seen.external_id)
        if stored is not None:
            return stored
        contact = contacts.resolve(seen.recipient)
        conversation = _locked(inbox, contact)
        ours = conversation.messages.filter(state__in=["sending", "unknown"], text=seen.text).order_by("id").first()
        if ours is not None:
            confirm(ours, seen.external_id)
            settling.found(ours)
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


def _locked(inbox: Inbox, contact: Contact) -> Conversation:
    """The contact's conversation, locked until the transaction ends; a new one nobody else sees before."""
    return _locked_all(inbox, [contact])[contact.pk]


def _locked_all(inbox: Inbox, found: Sequence[Contact]) -> dict[int, Conversation]:
    """The conversations of these contacts by the contacts' ids, locked; whoever lacks one gets a new one.

    Locked and made in one order by everybody, so that two who receive from the same people do not wait for each other.
    """
    ids = sorted({contact.pk for contact in found})
    conversations = _lock(inbox, ids)
    missing = [pk for pk in ids if pk not in conversations]
    if missing:
        new = [Conversation(inbox=inbox, contact_id=pk) for pk in missing]
        Conversation.objects.bulk_create(new, ignore_conflicts=True)  # somebody else may just have made it
        conversations |= _lock(inbox, missing)
    return conversations


def _lock(inbox: Inbox, contact_ids: list[int]) -> dict[int, Conversation]:
    locked = LOCK_ALL.objects(Conversation, [inbox.pk, contact_ids])
    return {conversation.contact_id: conversation for conversation in locked}


def _has_conversation(inbox: Inbox, party: Party) -> bool:
    names = [(identity.kind, identity.value) for identity in party.identities]
    return any(
        Conversation.objects.filter(
            inbox=inbox, contact__identities__kind=kind, contact__identities__value=value
        ).exists()
        for kind, value in names
    )


def _learn_new_identity(inbound: Inbound) -> None:
    """A vendor says that a person changed their number or id: the new one is the same contact's."""
    for kind in (IdentityKind.PHONE, IdentityKind.BSUID):
        old, new = inbound.content.get(f"old_{kind}"), inbound.content.get(f"new_{kind}")
        if isinstance(old, str) and isinstance(new, str) and old and new:
            contacts.alias(Identity(kind, old), Identity(kind, new))
