"""When a whole number has to pause, because the vendor takes nothing from it. Everything that waits is kept.

After the pause one message is tried; when the vendor takes it, all that waits goes on, else the next pause is longer.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.conversations.events import InboxResumed
from apps.conversations.models import InboxHealth, Message
from apps.conversations.states import DELIVER, seconds_until
from apps.core import metrics
from apps.core.events import publish
from apps.inboxes.models import Inbox
from apps.inboxes.services import mark_broken, mark_working
from apps.providers.base import Failure, Trouble
from apps.work import ages
from apps.work.runner import Later
from apps.work.services import make_all_due, make_due, workspace_id

RESUME = "conversations.resume"
#: Conversations that are tried after a pause: should one of them be held up by itself, another finds out.
PROBES = 5


@dataclass(frozen=True)
class Pause:
    """How long a number pauses: the first time and at most (names of ages), and from which refusal in a row on.

    `shown`: it lasts so long that people must be told that the inbox does not work.
    """

    first: str
    most: str
    strikes: int = 1
    shown: bool = True


#: Troubles of the number that pass by themselves, or by an act at the vendor's. ACCOUNT needs a new token.
PAUSES: Mapping[Trouble, Pause] = {
    Trouble.THROTTLED: Pause("throttled_first", "throttled_most", strikes=3, shown=False),
    Trouble.SPAM_LIMITED: Pause("limited_first", "limited_most"),
    Trouble.RESTRICTED: Pause("limited_first", "limited_most"),
    Trouble.UNPAID: Pause("unpaid_first", "unpaid_most"),
}
#: What says nothing against the message: it is kept until the number works again.
OF_THE_NUMBER = frozenset({*PAUSES, Trouble.ACCOUNT})


@dataclass(frozen=True)
class Gate:
    """Whether a message may leave: after how many seconds to ask again (0.0: now), and whether it is the one tried."""

    wait: float = 0.0
    trial: bool = False


def gate(inbox: Inbox, health: InboxHealth | None, pause_left: float | None) -> Gate:
    """What holds for the inbox now; `pause_left` are the seconds left of its pause, negative when it is over."""
    if inbox.state == Inbox.State.BROKEN or (pause_left or 0.0) > 0:
        return Gate(wait=ages.seconds("parked"))
    if health is None or pause_left is None:
        return Gate()
    trial = InboxHealth.objects.filter(inbox=inbox, paused_until__lte=Now()).update(
        paused_until=Now() + timedelta(seconds=ages.seconds("probe"))
    )
    return Gate(trial=True) if trial else Gate(wait=ages.seconds("parked"))


def refused(inbox: Inbox, failure: Failure, *, trial: bool = False) -> None:
    """The vendor refused a message because of the number: it pauses, and people see why if that takes long.

    What others hear while it pauses already says nothing new; only a `trial` makes the pause longer.
    """
    metrics.count("refusals", failure.trouble)
    if failure.trouble == Trouble.THROTTLED:
        metrics.count("throttled", f"{workspace_id()}:{inbox.pk}")
    with transaction.atomic():
        InboxHealth.objects.get_or_create(inbox=inbox)
        health = InboxHealth.objects.select_for_update().annotate(left=seconds_until("paused_until")).get(inbox=inbox)
        if failure.trouble == Trouble.ACCOUNT:
            InboxHealth.objects.filter(inbox=inbox).update(paused_for=failure.trouble, paused_until=None)
            mark_broken(inbox, failure.text)
            return
        if health.left is not None and health.left > 0 and not trial:
            return
        strikes, pause = health.strikes + 1, PAUSES[failure.trouble]
        if failure.retry_after:
            strikes = max(strikes, pause.strikes)
        InboxHealth.objects.filter(inbox=inbox).update(strikes=min(strikes, 1000))
        if strikes >= pause.strikes:
            _begin(inbox, failure, strikes - pause.strikes)


def _begin(inbox: Inbox, failure: Failure, before: int) -> None:
    pause = PAUSES[failure.trouble]
    most = ages.seconds(pause.most)
    length = max(min(ages.seconds(pause.first) * 2.0 ** min(before, 20), most), failure.retry_after or 0.0)
    length *= random.uniform(1.0, 1.25)  # noqa: S311  # jitter, not a secret
    InboxHealth.objects.filter(inbox=inbox).update(
        paused_for=failure.trouble, paused_until=Now() + timedelta(seconds=length)
    )
    until = InboxHealth.objects.values_list("paused_until", flat=True).get(inbox=inbox)
    make_due(RESUME, inbox.pk, at=until, exactly=True)
    if pause.shown:
        mark_broken(inbox, failure.text)


def worked(inbox: Inbox) -> None:
    """The vendor took a message: nothing stands against the number any more, and all that waits goes on."""
    with transaction.atomic():
        had = InboxHealth.objects.select_for_update().get(inbox=inbox)
        InboxHealth.objects.filter(inbox=inbox).update(paused_for="", paused_until=None, strikes=0)
        if had.paused_for:
            _wake(inbox.pk)


def reconnected(inbox_id: int) -> None:
    """Somebody connected it again: what was known against it is over."""
    with transaction.atomic():
        InboxHealth.objects.filter(inbox=inbox_id).update(paused_for="", paused_until=None, strikes=0)
        _wake(inbox_id)
        publish(InboxResumed(inbox_id))


def look_again(inbox_id: int) -> Later | None:
    """When the pause is over, the oldest of what waits is tried; None when the inbox does not pause any more."""
    with transaction.atomic():
        paused = InboxHealth.objects.select_for_update().filter(inbox=inbox_id, paused_until__isnull=False)
        health = paused.annotate(left=seconds_until("paused_until")).select_related(None).first()
        if health is None:
            return None
        if health.left is not None and health.left > 0:
            return Later(health.left)
        inbox = Inbox.objects.get(pk=inbox_id)
        if inbox.state == Inbox.State.BROKEN:
            mark_working(inbox)
            publish(InboxResumed(inbox_id))
        waiting = _waiting(inbox_id)[:PROBES]
        make_all_due(DELIVER, waiting)
    return Later(ages.seconds("probe")) if waiting else None


def _wake(inbox_id: int) -> None:
    make_all_due(DELIVER, _waiting(inbox_id))


def _waiting(inbox_id: int) -> list[int]:
    """The conversations in which something waits to be sent by the inbox, who waits longest first."""
    pending = Message.objects.filter(inbox=inbox_id, state=Message.State.PENDING).order_by(F("pk"))
    return list(dict.fromkeys(pending.values_list("conversation_id", flat=True)))
