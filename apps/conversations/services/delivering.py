"""The outbox's hands: sends a conversation's waiting messages, head of line first, each at most once.

`sending` is committed before the first byte leaves. What surely was not taken is tried again; what may have
been is `unknown`, and `settling` says what becomes of it.
"""

import logging
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps import tenants
from apps.contacts.services import party_of
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.conversations.services import pausing, settling
from apps.conversations.services.line import Line, read
from apps.conversations.services.reporting import confirm
from apps.conversations.states import call_off, lock, may_have_arrived, move, trouble_of
from apps.core import connections, crashes
from apps.core.bound import bound
from apps.inboxes.models import Inbox
from apps.providers import registry
from apps.providers.base import TROUBLES, Failure, Outbound, Provider, SendError, Trouble
from apps.work import ages, claims, owed
from apps.work.claims import Claim
from apps.work.runner import Later
from apps.work.services import take

log = logging.getLogger(__name__)

State = Message.State
#: A send that was surely refused for now is tried so often at least, and for as long as `refused_for` says.
MIN_ATTEMPTS = 8
#: A conversation keeps its lease no longer than this, so that a long queue makes room for others.
MAX_SENDS = 5


def deliver(claim: Claim) -> Later | None:
    """Sends what waits in the conversation that the claim names. Returns Later when something must wait."""
    for _ in range(MAX_SENDS):
        line = _settled(int(claim.key), claim)
        look = line.look()
        if not line.pending:
            return Later(look) if look else None
        wait = line.hold()
        if wait <= 0:
            with bound(message_id=line.pending[0].pk):
                wait = _send(line.pending[0], claim)
        if wait > 0:
            return Later(min(wait, look) if look else wait)
        if line.ends_with_first and line.pending[0].state == State.SENT:
            return None  # what was queued meanwhile has made the item due anew
    return Later(0.0)


def _settled(conversation_id: int, claim: Claim) -> Line:
    """The line, once all is decided that can be. A message still `sending` while we hold the lease was left by dead
    hands: nobody knows its fate.
    """
    line = read(conversation_id)
    if line.sending and _give_up_on_orphans(line, claim):
        line = read(conversation_id)
    if settling.settle(line.unknown, claim):
        line = read(conversation_id)
    return line


def _give_up_on_orphans(line: Line, claim: Claim) -> bool:
    with transaction.atomic():
        lock(line.sending[0].conversation_id)
        if not claims.hold(claim):
            return False
        return any([settling.lose(message, trouble=Trouble.AMBIGUOUS) for message in line.sending])


def _send(message: Message, claim: Claim) -> float:
    """Sends one message; returns the seconds to wait before the next try, 0.0 to go on."""
    provider = registry.get(message.inbox.provider)
    if message.inbox.state == Inbox.State.DISCONNECTED:
        _note(message, State.FAILED, Failure(Trouble.ACCOUNT, detail="The inbox is disconnected."), claim)
        return 0.0
    if window_closed(message.conversation, provider):
        _note(message, State.FAILED, Failure(Trouble.WINDOW_CLOSED), claim)
        return 0.0
    if _unwanted(message):
        state = State.UNCONFIRMED if may_have_arrived(message) else State.FAILED
        _note(message, state, Failure(Trouble.OPTED_OUT), claim)
        return 0.0
    wait = _rate(message, provider, claim)
    if wait:
        return wait
    health: InboxHealth | None = getattr(message.inbox, "health", None)
    gate = pausing.gate(message.inbox, health, message.pause_left)  # type: ignore[attr-defined]  # annotated
    if gate.wait:
        return gate.wait
    if not _start(message, claim):
        return 0.0
    failure = _ask(message, provider)
    if failure is None:
        if health is not None and (health.strikes or health.paused_for):
            pausing.worked(message.inbox)
        return 0.0
    if failure.trouble in pausing.OF_THE_NUMBER:
        pausing.refused(message.inbox, failure, trial=gate.trial)
    return _not_sent(message, failure, claim)


def _ask(message: Message, provider: Provider) -> Failure | None:
    """Hands the message to the vendor, once; why it was not taken, or None when it was."""
    outbound = Outbound(str(message.key), party_of(message.conversation.contact), message.text, message.reply_to)
    credentials = message.inbox.credentials
    connections.release()
    crashes.point("send.before-call", message.inbox.external_key, message.key)
    try:
        sent = provider.send(credentials, outbound)
    except SendError as error:
        return error.failure
    except Exception:
        # A fault of ours while the request was under way: whether it left is not known.
        log.exception("Sending message %s failed in our own code", message.pk)
        return Failure(Trouble.AMBIGUOUS)
    crashes.point("send.after-call", message.inbox.external_key, message.key)
    _taken(message, sent.external_id)
    return None


def _taken(message: Message, external_id: str) -> None:
    """Notes that the vendor has it. Only we know, where no status tells: the database hears of it when it is back."""
    workspace = tenants.current()

    def note() -> None:
        with tenants.enter(workspace):
            confirm(message, external_id)

    try:
        confirm(message, external_id)
    except Exception as error:
        if connections.failed(error):
            connections.renew()
            owed.give(note)
        raise


def window_closed(conversation: Conversation, provider: Provider) -> bool:
    """Whether the provider takes no free answer until the contact writes again."""
    if not provider.reply_window or conversation.last_inbound_at is None:
        return False
    return timezone.now() - conversation.last_inbound_at > timedelta(seconds=provider.reply_window)


def _unwanted(message: Message) -> bool:
    """Whether the contact has asked since not to be written to; our word that we heard it is younger and leaves."""
    opted_out_at = message.conversation.contact.opted_out_at
    return opted_out_at is not None and message.created_at < opted_out_at


def _rate(message: Message, provider: Provider, claim: Claim) -> float:
    """The limits as rows: the provider's for everybody, the inbox's own for the bot."""
    inbox = message.inbox
    if message.author == Message.Author.BOT:
        often = inbox.rate_per_minute
        wait = take(f"inbox:{inbox.pk}", per_minute=often, burst=min(often, 20), claim=claim)
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
        only_if = Q(state=State.PENDING) & allowed
        if move(message, State.SENDING, only_if=only_if, attempts=F("attempts") + 1, wait_until=None):
            message.attempts += 1
            return True
        call_off(message)
        return False


def _not_sent(message: Message, failure: Failure, claim: Claim) -> float:
    if failure.trouble == Trouble.AMBIGUOUS:
        _note(message, State.UNKNOWN, failure, claim)
        return 0.0
    passes = failure.retryable or failure.trouble in pausing.OF_THE_NUMBER
    if not passes or _tried_enough(message):
        _note(message, State.FAILED, failure, claim)
        return 0.0
    if failure.trouble in pausing.OF_THE_NUMBER and failure.trouble != Trouble.THROTTLED:
        _note(message, State.PENDING, failure, claim)
        return ages.seconds("parked")  # woken when the number works again
    wait = failure.retry_after or backoff(message.attempts)
    _note(message, State.PENDING, failure, claim, wait_until=Now() + timedelta(seconds=wait))
    return wait


def _tried_enough(message: Message) -> bool:
    """What passes by itself says nothing against the message: it is given up for its age alone."""
    old = (timezone.now() - message.created_at).total_seconds() > ages.seconds("refused_for")
    return message.attempts >= MIN_ATTEMPTS and old


def backoff(attempts: int) -> float:
    """Seconds before the next try: 1, 2, 4 … at most 60, and up to half as much again so that not all come at once."""
    most = ages.seconds("refused_pause")
    return min(2.0 ** min(attempts - 1, 20), most) * random.uniform(1.0, 1.5)  # noqa: S311  # jitter, not a secret


def _note(message: Message, state: Message.State, failure: Failure, claim: Claim, **fields: Any) -> None:
    """Writes what came of a send. Hands that lost their lease write nothing: whoever has it now took the fate of the
    message for unknown, and may be sending it again.
    """
    told = replace(failure, detail=failure.detail or TROUBLES[failure.trouble].text)
    with transaction.atomic():
        lock(message.conversation_id)
        if not claims.hold(claim):
            return
        if state == State.UNKNOWN:
            settling.lose(message, **trouble_of(told))
        else:
            move(message, state, **trouble_of(told), **fields)
