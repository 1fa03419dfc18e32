"""The outbox's hands: sends a conversation's waiting messages, head of line first, each at most once.

`sending` is committed before the first byte leaves. What surely was not taken is tried again; what may have
been is `unknown` and never sent again by itself.
"""

import logging
import random
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.contacts.services import party_of
from apps.conversations.models import Conversation, Message
from apps.conversations.services.receiving import confirm
from apps.conversations.states import lock, move
from apps.core import connections
from apps.inboxes.models import Inbox
from apps.inboxes.services import mark_broken
from apps.providers import registry
from apps.providers.base import TROUBLES, Failure, Outbound, Provider, SendError, Sent, Trouble
from apps.work import claims
from apps.work.claims import Claim
from apps.work.runner import Later
from apps.work.services import take

log = logging.getLogger(__name__)

#: A send that was surely refused is tried this often.
MAX_ATTEMPTS = 8
#: Seconds for which a message of unknown fate holds back what stands behind it.
UNKNOWN_HOLDS_PERSON = 15
UNKNOWN_HOLDS_BOT = 90
#: A conversation keeps its lease no longer than this, so that a long queue makes room for others.
MAX_SENDS = 5
BROKEN_INBOX_WAIT = 60


@dataclass(frozen=True)
class Head:
    """The message whose turn it is, or how long nothing may be sent."""

    message: Message | None = None
    wait: float = 0.0


def deliver(claim: Claim) -> Later | None:
    """Sends what waits in the conversation that the claim names. Returns Later when something must wait."""
    conversation_id = int(claim.key)
    _give_up_on_orphans(conversation_id, claim)
    for _ in range(MAX_SENDS):
        head = _head(conversation_id)
        if head.wait:
            return Later(head.wait)
        if head.message is None:
            return None
        wait = _send(head.message, claim)
        if wait:
            return Later(wait)
    return Later(0.0)


def _give_up_on_orphans(conversation_id: int, claim: Claim) -> None:
    """A message still `sending` when we hold the lease was left by hands that died: nobody knows its fate."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if not claims.hold(claim):
            return
        for message in conversation.messages.filter(state=Message.State.SENDING):
            move(message, Message.State.UNKNOWN, trouble=Trouble.AMBIGUOUS)


def _head(conversation_id: int) -> Head:
    outbox = list(
        Message.objects.filter(conversation_id=conversation_id, state__in=["pending", "unknown"])
        .select_related("inbox", "conversation", "conversation__contact")
        .order_by("id")[:50]
    )
    message = next((message for message in outbox if message.state == Message.State.PENDING), None)
    if message is None:
        return Head()
    if message.inbox.state == Inbox.State.BROKEN:
        return Head(wait=BROKEN_INBOX_WAIT)
    holds = UNKNOWN_HOLDS_PERSON if message.author == Message.Author.PERSON else UNKNOWN_HOLDS_BOT
    waits = [_age_left(other, holds) for other in outbox if other.state == "unknown" and other.pk < message.pk]
    return Head(message, max(waits, default=0.0))


def _age_left(unknown: Message, holds: float) -> float:
    return max(holds - (timezone.now() - unknown.changed_at).total_seconds(), 0.0)


def _send(message: Message, claim: Claim) -> float:
    """Sends one message; returns the seconds to wait before the next try, 0.0 to go on."""
    provider = registry.get(message.inbox.provider)
    if message.inbox.state == Inbox.State.DISCONNECTED:
        _fail(message, Failure(Trouble.ACCOUNT, detail="The inbox is disconnected."))
        return 0.0
    if window_closed(message.conversation, provider):
        _fail(message, Failure(Trouble.WINDOW_CLOSED))
        return 0.0
    wait = _rate(message, provider)
    if wait:
        return wait
    if not _start(message, claim):
        return 0.0
    outbound = Outbound(str(message.key), party_of(message.conversation.contact), message.text, message.reply_to)
    credentials = message.inbox.credentials
    connections.release()
    try:
        sent = provider.send(credentials, outbound)
    except SendError as error:
        return _not_sent(message, error.failure)
    except Exception:
        # A fault of ours while the request was under way: whether it left is not known.
        log.exception("Sending message %s failed in our own code", message.pk)
        return _not_sent(message, Failure(Trouble.AMBIGUOUS))
    _sent(message, sent)
    return 0.0


def window_closed(conversation: Conversation, provider: Provider) -> bool:
    """Whether the provider takes no free answer until the contact writes again."""
    if not provider.reply_window or conversation.last_inbound_at is None:
        return False
    return timezone.now() - conversation.last_inbound_at > timedelta(seconds=provider.reply_window)


def _rate(message: Message, provider: Provider) -> float:
    """The limits as rows: the provider's for everybody, the inbox's own for the bot."""
    inbox = message.inbox
    if message.author == Message.Author.BOT:
        wait = take(f"inbox:{inbox.pk}", per_minute=inbox.rate_per_minute, burst=min(inbox.rate_per_minute, 20))
        if wait:
            return wait
    return take(f"provider:{inbox.pk}", per_minute=provider.rate_per_minute, burst=20)


def _start(message: Message, claim: Claim) -> bool:
    """Commits `sending`. False when the lease is lost, the message was cancelled, or a person took over."""
    with transaction.atomic():
        conversation = lock(message.conversation_id)
        if not claims.hold(claim):
            return False
        allowed = Q(author=Message.Author.PERSON) | Q(epoch=conversation.epoch)
        if move(message, Message.State.SENDING, only_if=allowed, attempts=F("attempts") + 1):
            message.attempts += 1
            return True
        move(message, Message.State.CANCELLED)
        return False


def _sent(message: Message, sent: Sent) -> None:
    confirm(message, sent.external_id)


def _not_sent(message: Message, failure: Failure) -> float:
    if failure.trouble == Trouble.AMBIGUOUS:
        _note(message, Message.State.UNKNOWN, failure)
        return 0.0
    if failure.trouble == Trouble.ACCOUNT:
        mark_broken(message.inbox, failure.text)
        _note(message, Message.State.PENDING, failure)  # everything waiting is kept until it is reconnected
        return BROKEN_INBOX_WAIT
    if failure.retryable and message.attempts < MAX_ATTEMPTS:
        _note(message, Message.State.PENDING, failure)
        return failure.retry_after or backoff(message.attempts)
    _fail(message, failure)
    return 0.0


def backoff(attempts: int) -> float:
    """Seconds before the next try: 1, 2, 4 … at most 60, and up to half as much again so that not all come at once."""
    return min(2.0 ** (attempts - 1), 60.0) * random.uniform(1.0, 1.5)  # noqa: S311  # jitter, not a secret


def _fail(message: Message, failure: Failure) -> None:
    _note(message, Message.State.FAILED, failure)


def _note(message: Message, state: Message.State, failure: Failure) -> None:
    move(
        message,
        state,
        trouble=failure.trouble,
        trouble_code=failure.code[:40],
        trouble_detail=failure.detail[:300] or TROUBLES[failure.trouble].text,
    )
