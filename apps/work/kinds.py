"""The registry of kinds of work: who runs an item. Each app registers its own in `tasks.py`.

A registered kind is also a Celery task of the same name; a ring carries nothing but that name.
"""

from collections.abc import Callable
from dataclasses import dataclass

from celery import shared_task


@dataclass(frozen=True)
class Kind:
    """A kind of work. `work(seconds)` claims and works until nothing is due or the time is over.

    It returns how many items it worked. `waiting()` says how many are due now, at most some hundreds.
    """

    name: str
    queue: str  # "chat": threads that wait on networks; "default": processes
    work: Callable[[float], int]
    waiting: Callable[[], int]


#: Seconds one ring keeps a worker at its kind before it makes room for other kinds.
PASS_SECONDS = 10.0

_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Adds the kind and its Celery task. Registering another kind of the same name is an error."""
    if kind.name in _kinds:
        raise RuntimeError(f"Two kinds of work are called {kind.name}.")
    _kinds[kind.name] = kind

    @shared_task(name=kind.name, ignore_result=True, acks_late=False)
    def ring() -> None:
        kind.work(PASS_SECONDS)

    return kind


def all_kinds() -> list[Kind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


def get(name: str) -> Kind:
    """The kind of that name; KeyError when nothing registered it."""
    return _kinds[name]
