"""What becomes of a send of which nobody knows whether it arrived: sent once more, or shown to people to decide.

The vendor's silence proves something only while we could hear it: our own outages, webhooks that wait to be
processed, and time in which the number told nothing at all do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Least, Now

from apps import tenants
from apps.conversations.models import InboxHealth, Message
from apps.conversations.states import DELIVER, lock, move
from apps.inboxes.models import Inbox
from apps.inboxes.services import hook_of
from apps.work import ages, claims
from apps.work.claims import Claim
from apps.work.hearing import Hearing, hearing
from apps.work.services import make_due

#: A message whose fate is unknown again and again, e.g. because sending it kills the hands, is left to people.
MOST_SENDS = 5


class Verdict(Enum):
    """What to do with an unknown message."""

    WAIT = "wait"
    RESEND = "resend"
    GIVE_UP = "give up"


@dataclass(frozen=True)
class Unknown:
    """What the verdict rests on. `age` in seconds since it became unknown at `at`, by the database's clock.

    `heard` is None while we hear nothing; `told_at` when the number last told what became of a message.
    """

    at: datetime
    age: float
    resendable: bool  # the bot's, nobody has taken the conversation over since, and the contact wants messages
    heard: Hearing | None
    told_at: datetime | None


def judge(unknown: Unknown) -> Verdict:
    """Resent after 90 s in which we heard all, and the number told of others; left to people after 10 minutes."""
    heard, quiet, told = unknown.heard, 0.0, False
    if heard is not None:
        begins = max(unknown.at, heard.since)
        quiet = (heard.until - begins).total_seconds()
        told = unknown.told_at is not None and unknown.told_at > begins
    if unknown.age >= ages.seconds("unknown_at_most"):
        return Verdict.GIVE_UP
    # A vendor whose calls we refused for a while lets about as much time pass before it calls again.
    long_enough = ages.seconds("unknown_resend")
    if heard is not None:
        long_enough = max(long_enough, min(heard.gap, ages.seconds("unknown_unconfirmed")))
    if quiet < long_enough:
        return Verdict.WAIT
    if unknown.resendable and told:
        return Verdict.RESEND
    return Verdict.GIVE_UP if unknown.age >= ages.seconds("unknown_unconfirmed") else Verdict.WAIT


def settle(messages: Sequence[Message], claim: Claim) -> bool:
    """Decides about a conversation's unknown messages, which carry their `age`; True when one of them changed."""
    if not messages:
        return False
    inbox = messages[0].inbox
    heard = _heard_of(inbox)
    told_at = InboxHealth.objects.filter(inbox=inbox).values_list("status_at", flat=True).first()
    verdicts = [(message, judge(_facts(message, heard, told_at))) for message in messages]
    return any([_carry_out(message, verdict, claim) for message, verdict in verdicts])


def _heard_of(inbox: Inbox) -> Hearing | None:
    """Since when, and up to when, we have heard the number. Its news were set aside while it was not connected, or the
    workspace suspended.
    """
    hook, workspace = hook_of(inbox), tenants.current()
    heard = hearing(hook.pk if hook else None)
    taken_since = [inbox.working_since, workspace.reopened_at if workspace else None]
    return replace(heard, since=max(filter(None, [heard.since, *taken_since]))) if heard else None


def _facts(message: Message, heard: Hearing | None, told_at: datetime | None) -> Unknown:
    bots = message.author == Message.Author.BOT and message.epoch == message.conversation.epoch
    bots = bots and message.attempts < MOST_SENDS and message.conversation.contact.opted_out_at is None
    return Unknown(message.changed_at, message.age, bots, heard, told_at)  # type: ignore[attr-defined]  # annotated


def _carry_out(message: Message, verdict: Verdict, claim: Claim) -> bool:
    if verdict is Verdict.WAIT:
        return False
    with transaction.atomic():
        conversation = lock(message.conversation_id)
        if not claims.hold(claim):
            return False
        if verdict is Verdict.GIVE_UP:
            return move(message, Message.State.UNCONFIRMED, only_if=Q(state=Message.State.UNKNOWN))
        return move(message, Message.State.PENDING, only_if=Q(state=Message.State.UNKNOWN, epoch=conversation.epoch))


def lose(message: Message, **trouble: Any) -> bool:
    """Nobody knows what became of the message; from now on the number's news are noted."""
    if not InboxHealth.objects.filter(inbox=message.inbox_id).exists():
        InboxHealth.objects.get_or_create(inbox_id=message.inbox_id)
    return move(message, Message.State.UNKNOWN, **trouble)


def found(message: Message) -> None:
    """What became of an unknown message is known: what it held back may go."""
    make_due(DELIVER, message.conversation_id)


def heard_of(inbox: Inbox, at: datetime | None) -> None:
    """The vendor told, at this time of its clock, what became of one of the inbox's messages.

    A time in the future counts as now. Written at most once a second, and only where a message was ever unknown.
    """
    if at is not None:
        older = Q(status_at__isnull=True) | Q(status_at__lt=at)
        InboxHealth.objects.filter(older, inbox=inbox).update(status_at=Least(at, Now()))
