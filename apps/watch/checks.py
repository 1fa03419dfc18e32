"""What /readyz says of each part, from one row of numbers.

Necessary is that what customers write is kept and answered: the database, and a relay. Redis and workers missing
only make it slower, because the relay then works itself; work that waits long says that it is too slow.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.health import Check

#: A relay may be away for so many seconds, as during a release, before nothing counts as ready.
RELAY_SECONDS = 60.0
#: A worker's sign of life comes each second; after so many seconds it is missed.
WORKER_SECONDS = 10.0
#: What is due is in somebody's hands sooner than this.
DUE_SECONDS = 60.0


@dataclass(frozen=True)
class Row:
    """Seconds since each newest sign of life, and how long what is due has waited; None for never, or nothing."""

    relay: float | None
    chat: float | None
    default: float | None
    work: float | None
    delivery: float | None


def checks_of(row: Row | None, *, redis: bool) -> Sequence[Check]:
    """The parts in the order in which one looks at them. `row` None: the database gave no answer in time."""
    return (_database(row), _redis(redis), *(_asked_of(row) if row else ()))


def _database(row: Row | None) -> Check:
    words = "Postgres answers." if row else "Postgres gave no answer within 2 seconds; webhooks are not stored."
    return Check("database", row is not None, words, necessary=True)


def _redis(answers: bool) -> Check:
    words = "Redis answers." if answers else "Redis gives no answer; the relay works what is due itself, slower."
    return Check("redis", answers, words)


def _asked_of(row: Row) -> Sequence[Check]:
    return (
        _life("relay", row.relay, RELAY_SECONDS, "nothing is answered or sent", necessary=True),
        _life("worker-chat", row.chat, WORKER_SECONDS, "the relay takes turns and sends itself, slower"),
        _life("worker", row.default, WORKER_SECONDS, "the relay reads webhooks itself, slower"),
        _due(max(row.work or 0.0, row.delivery or 0.0)),
    )


def _life(name: str, age: float | None, most: float, else_: str, *, necessary: bool = False) -> Check:
    if age is None:
        return Check(name, False, f"No {name} has shown life; {else_}.", necessary)
    alive = age <= most
    words = f"A {name} showed life {max(age, 0.0):.0f} s ago"
    return Check(name, alive, f"{words}." if alive else f"{words}; {else_}.", necessary)


def _due(age: float) -> Check:
    if age <= 0:
        return Check("due", True, "Nothing that is due waits for hands.")
    return Check("due", age <= DUE_SECONDS, f"What is due has waited for hands for {age:.0f} s at most.")
