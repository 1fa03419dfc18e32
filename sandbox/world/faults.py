"""Faults on demand: which there are, whom they hit and how often. Deterministic by seed.

Owns the decision whether a fault happens now. What it then does is the business of the caller, except
for the two that act on the connection, which are in `connections`.
"""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sandbox.world.records import Unusable, now

MODEL = "model"  # the name under which the model server is a target; "*" means every number, not the model

#: Kind -> what it does, as shown to people.
GRAPH_KINDS = {
    "429": "refused: too many requests (code 130429, or the code given)",
    "401": "refused: the token is no longer valid (code 190)",
    "5xx": "refused: internal error",
    "5xx_after": "accepted, then answered with an internal error",
    "hang_before": "not accepted and no answer until the caller gives up",
    "hang_after": "accepted, then no answer until the caller gives up",
    "reset_before": "not accepted and the connection is reset",
    "reset_after": "accepted, then the connection is reset",
    "slow": "answered after `seconds`",
    "slow_after": "accepted at once, answered after `seconds`",
    "silent": "accepted, and no status ever follows",
    "duplicate": "every webhook is sent `times` times at once",
    "reorder": "webhooks are sent after a random part of `seconds`",
    "drop_status": "status webhooks are lost",
}
MODEL_KINDS = {
    "429": "refused: rate_limit_exceeded",
    "401": "refused: the key is not valid",
    "5xx": "refused: server error",
    "hang": "no answer until the caller gives up",
    "reset": "the connection is reset",
    "slow": "answered after `seconds`",
    "bad_json": "the content, or the arguments of the tool call, are broken JSON",
    "empty": "the content is empty",
}
TARGETS_OF_REQUESTS = ("messages", "signals", "all", "chat", "embeddings")


@dataclass(frozen=True)
class Fault:
    """A fault to cause. 0 is "no bound" for `count`, `for_seconds` and "the usual" for `seconds`, `code`."""

    kind: str
    number: str = "*"
    probability: float = 1.0
    count: int = 0
    seed: int = 0
    seconds: float = 0.0
    for_seconds: float = 0.0
    times: int = 2
    code: int = 0
    retry_after: int = 0
    on: str = ""  # messages (default), signals, all; for the model chat (default), embeddings, all


@dataclass
class ActiveFault:
    """A fault in force, with its own source of chance and what is left of it."""

    fault: Fault
    began_at: float = field(default_factory=now)
    caused: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.fault.seed)  # noqa: S311  repeatable on purpose, guards nothing


def activate(fault: Fault) -> ActiveFault:
    """Check a fault and put it into force. Raises Unusable."""
    kinds = MODEL_KINDS if fault.number == MODEL else GRAPH_KINDS
    if fault.kind not in kinds:
        raise Unusable(f"There is no fault {fault.kind!r} for {fault.number}; there are {', '.join(kinds)}.")
    if not 0 < fault.probability <= 1:
        raise Unusable("probability must be above 0 and at most 1.")
    if fault.on and fault.on not in TARGETS_OF_REQUESTS:
        raise Unusable(f"on must be one of {', '.join(TARGETS_OF_REQUESTS)}.")
    return ActiveFault(fault)


def draw(faults: Iterable[ActiveFault], target: str, kinds: Collection[str], on: str = "") -> ActiveFault | None:
    """The first fault in force that hits this moment, counted as caused; None when all goes well."""
    for active in faults:
        if _concerns(active.fault, target, kinds, on) and _in_force(active) and _by_chance(active):
            active.caused += 1
            return active
    return None


def _concerns(fault: Fault, target: str, kinds: Collection[str], on: str) -> bool:
    wanted = fault.on or ("chat" if target == MODEL else "messages")
    return (
        fault.kind in kinds
        and (fault.number == target or (fault.number == "*" and target != MODEL))
        and (not on or wanted in (on, "all"))
    )


def _in_force(active: ActiveFault) -> bool:
    fault = active.fault
    spent = bool(fault.count) and active.caused >= fault.count
    over = bool(fault.for_seconds) and now() > active.began_at + fault.for_seconds
    return not (spent or over)


def _by_chance(active: ActiveFault) -> bool:
    return active.chance.random() < active.fault.probability
