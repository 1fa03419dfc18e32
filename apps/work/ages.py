"""How old something may grow before it is treated otherwise: every such time of the product, in one table.

Nobody can wait ten minutes in a test of faults, so AGEING_SPEED shortens them all, at most tenfold and in
development only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Age:
    """A time in seconds. `least`: what it is never shortened below."""

    seconds: float
    least: float = 0.0


AGES: Mapping[str, Age] = {
    # Work: a lease is renewed by its holder's heartbeat, so it only has to outlive a few missed beats.
    "lease": Age(30, least=10),
    "retry_1": Age(1),
    "retry_2": Age(5),
    "retry_3": Age(20),
    "retry_4": Age(60),
    # A customer whose answer the model owes: told so, then given to people. As long for a person however time passes.
    "told_to_wait": Age(20, least=20),
    "waits_for_model": Age(90, least=90),
    # Intake: how long a worker may hold deliveries, and the pauses between its tries.
    "delivery_lease": Age(15, least=10),
    "delivery_retry_1": Age(2),
    "delivery_retry_2": Age(10),
    "delivery_retry_3": Age(30),
    "delivery_retry_4": Age(60),
    # A send of which nobody knows whether it arrived.
    "unknown_holds_person": Age(15),
    "unknown_resend": Age(90),
    "unknown_unconfirmed": Age(600),
    "unknown_at_most": Age(3600),
    "unknown_look": Age(5, least=1),
    # A send that was surely refused: the longest pause of one message, and how long the number's troubles are borne.
    "refused_pause": Age(60),
    "refused_for": Age(86_400),
    # A number that pauses: the first pause and the longest, by trouble.
    "throttled_first": Age(1),
    "throttled_most": Age(60),
    "limited_first": Age(900),
    "limited_most": Age(14_400),
    "unpaid_first": Age(600),
    "unpaid_most": Age(3600),
    # What waits for a paused number is woken when it goes on; this is for what nobody woke.
    "parked": Age(600),
    "probe": Age(30, least=10),
}


def seconds(name: str) -> float:
    """How long it is in force here. KeyError for no age of the table."""
    age = AGES[name]
    return max(age.seconds / settings.AGEING_SPEED, age.least)


def in_force() -> dict[str, float]:
    """All of them by name, in seconds."""
    return {f"{name}_seconds": seconds(name) for name in AGES}
