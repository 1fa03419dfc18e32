"""Kinds of work: a conversation's turn."""

from apps.dialogue import services
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(services.TAKE_TURNS, queue="chat", lease=services.LEASE_SECONDS)
def take_turns(claim: Claim) -> Later | None:
    """Takes one turn."""
    return services.take_turn(claim)
