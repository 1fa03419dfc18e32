"""Plan limits: apps register what can be counted, billing says how much is allowed.

A check counts under an advisory lock of the workspace, so that two at once cannot both take the last place.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

from apps.core.events import Event, publish

Counter = Callable[[], int]
Allowance = Callable[[str], int | None]


#: From this share of what the plan allows on, each one more is told to whoever pays.
NEAR = 0.8


@dataclass(frozen=True)
class LimitNear(Event):
    """One more was added, and most of what the plan allows is in use now, or all of it."""

    kind: str
    used: int
    allowed: int


class LimitReached(Exception):
    """The plan allows no more of this kind. `text` is for people."""

    def __init__(self, kind: str, allowed: int) -> None:
        self.kind, self.allowed = kind, allowed
        self.text = f"Your plan allows {allowed} {kind}. Remove one or change the plan."
        super().__init__(self.text)


_counters: dict[str, Counter] = {}
_allowances: list[Allowance] = []


def count_with(kind: str, counter: Counter) -> None:
    """Registers how many of a kind the workspace has now."""
    _counters[kind] = counter


def allow_with(allowance: Allowance) -> None:
    """Registers who knows the plan: (kind) to the number allowed, None without limit."""
    _allowances.append(allowance)


def check(kind: str) -> None:
    """Raises LimitReached when one more of the kind would pass the plan. Call inside the transaction that adds it."""
    allowed = [number for allowance in _allowances if (number := allowance(kind)) is not None]
    if not allowed:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '.' || %s, 0))", [kind])
    used, most = _counters[kind]() + 1, min(allowed)
    if used > most:
        raise LimitReached(kind, most)
    if used >= NEAR * most:
        publish(LimitNear(kind, used, most))
