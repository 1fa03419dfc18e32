"""Kinds of work: a conversation's sends, and an inbox that pauses."""

from apps.conversations.services import delivering, pausing
from apps.conversations.states import DELIVER
from apps.core.bound import bound
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(DELIVER, queue="chat", lease=90)
def deliver(claim: Claim) -> Later | None:
    """Sends what waits in one conversation; five sends of 10 s at most fit the lease."""
    with bound(conversation=int(claim.key)):
        return delivering.deliver(claim)


@work_kind(pausing.RESUME, queue="chat", lease=30)
def resume(claim: Claim) -> Later | None:
    """Lets an inbox go on after its pause, with one message first."""
    return pausing.look_again(int(claim.key))
