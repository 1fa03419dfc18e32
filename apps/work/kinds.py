"""The registry of kinds of work: who runs an item. Each app registers its own in `tasks.py`.

A registered kind is also a Celery task of the same name; a ring carries nothing but that name.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from celery import shared_task
from django.db import connection

#: Gives, for the names of the kinds that have it, SQL and its values: the names of which something may be due. It asks
#: an index once or so for each kind, however much there is.
Probe = Callable[[list[str]], tuple[str, Sequence[Any]]]


@dataclass(frozen=True)
class Kind:
    """A kind of work. `work(seconds)` claims and works, at least one, until nothing is due or the time is over.

    It returns how many items it worked. `waiting(young)` says how many are due now, at most some hundreds, and if it
    can of those alone that became so in the last `young` seconds; with a `probe` it is asked only when that has found
    something.
    """

    name: str
    queue: str  # "chat": threads that wait on networks; "default": processes
    work: Callable[[float], int]
    waiting: Callable[[float | None], int]
    probe: Probe | None = None


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


def due(young: float | None = None) -> dict[Kind, int]:
    """How many items are due now, of each kind of which any are; with `young` those that became so in the last so many
    seconds. One question finds them; only they are counted.
    """
    found = _found()
    counts = {kind: kind.waiting(young) for kind in all_kinds() if kind.probe is None or kind.name in found}
    return {kind: count for kind, count in counts.items() if count}


def _found() -> set[str]:
    by_probe: defaultdict[Probe, list[str]] = defaultdict(list)
    for kind in all_kinds():
        if kind.probe is not None:
            by_probe[kind.probe].append(kind.name)
    if not by_probe:
        return set()
    asked = [probe(names) for probe, names in by_probe.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"({sql})" for sql, _ in asked), [value for _, values in asked for value in values]
        )
        return {name for (name,) in cursor.fetchall()}
