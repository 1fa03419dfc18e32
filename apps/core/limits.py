"""Plan limits: apps register what can be counted, billing says how much is allowed.

A check counts under an advisory lock of the workspace, so that two at once cannot both take the last place.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

Counter = Callable[[], int]
Allowance = Callable[[str], int | None]


@dataclass(frozen=True)
class LimitReached(Exception):
    """The plan allows no more of this kind. `text` is for people."""

    kind: str
    allowed: int

    @property
    def text(self) -> str:
        """What happened and what to do."""
        return f"Your plan allows {self.allowed} {self.kind}. Remove one or change the plan."


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
    if _counters[kind]() >= min(allowed):
        raise LimitReached(kind, min(allowed))
