"""Kinds of work: a conversation's sends."""

from apps.conversations.services import delivering
from apps.conversations.services.queueing import DELIVER
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(DELIVER, queue="chat", lease=90)
def deliver(claim: Claim) -> Later | None:
    """Sends what waits in one conversation; five sends of 10 s at most fit the lease."""
    return delivering.deliver(claim)
