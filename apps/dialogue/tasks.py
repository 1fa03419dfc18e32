"""Kinds of work: a conversation's turn, the word to who waits long for one, and the look whether all is understood."""

from apps.conversations.states import DELIVER
from apps.core.bound import bound
from apps.dialogue import holding, overlooked, services
from apps.dialogue.due import CATCH_UP, CATCH_UP_SECONDS, HOLD_THE_LINE, caught_up
from apps.work.claims import Claim
from apps.work.runner import Later, work_kind


@work_kind(services.TAKE_TURNS, queue="chat", lease=services.LEASE_SECONDS, set_aside=services.set_aside, then=DELIVER)
def take_turns(claim: Claim) -> Later | None:
    """Takes one turn."""
    with bound(conversation=int(claim.key)):
        return services.take_turn(claim)


@work_kind(HOLD_THE_LINE, queue="chat", lease=30)
def hold_the_line(claim: Claim) -> None:
    """Speaks to one customer who waits."""
    with bound(conversation=holding.conversation_of(claim)):
        holding.hold_the_line(claim)


@work_kind(CATCH_UP, queue="chat", lease=30)
def catch_up(claim: Claim) -> Later | None:
    """Lets the turns of an inbox go that waited for what came late."""
    return None if caught_up(int(claim.key)) else Later(CATCH_UP_SECONDS)


@work_kind(overlooked.LOOK, queue="default", lease=60)
def look_for_overlooked(claim: Claim) -> Later | None:
    """Makes due what a workspace has open and nobody would work."""
    return overlooked.look()
