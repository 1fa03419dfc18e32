"""The door for news: a lower app publishes what happened, higher apps subscribe; nobody answers.

`@within` runs inside the publisher's transaction, only writes rows, and its error fails the publisher.
`@after` runs once that transaction is committed, in the same workspace, only pushes, and never raises.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.db import transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Event:
    """Something that happened, in ids only. Declared in `<app>/events.py`, named in the past tense."""


E = TypeVar("E", bound=Event)
Subscriber = Callable[[E], None]
#: One of any event, as the registry keeps them.
AnySubscriber = Callable[[Any], None]
#: Remembers the workspace at publishing and gives it back later, in whatever thread the commit runs.
Carrier = Callable[[], Callable[[], AbstractContextManager[None]]]

_within: dict[type[Event], list[AnySubscriber]] = defaultdict(list)
_after: dict[type[Event], list[AnySubscriber]] = defaultdict(list)
_carriers: list[Carrier] = []


def within(event: type[E]) -> Callable[[Subscriber[E]], Subscriber[E]]:
    """Subscribes to run inside the publisher's transaction."""
    return partial(_subscribe, _within[event])


def after(event: type[E]) -> Callable[[Subscriber[E]], Subscriber[E]]:
    """Subscribes to run once the publisher's transaction is committed."""
    return partial(_subscribe, _after[event])


def _subscribe(subscribers: list[AnySubscriber], subscriber: Subscriber[E]) -> Subscriber[E]:
    subscribers.append(subscriber)
    return subscriber


def carry_with(carrier: Carrier) -> None:
    """Registers how the workspace of a publisher is remembered; `tenants` does so when it is ready."""
    _carriers.append(carrier)


def publish(event: Event) -> None:
    """Tells the subscribers. Raises what a `@within` subscriber raises, so that the transaction fails with it."""
    for subscriber in _within[type(event)]:
        subscriber(event)
    if _after[type(event)]:
        returns = [carrier() for carrier in _carriers]
        transaction.on_commit(partial(_tell, event, returns))


def _tell(event: Event, returns: list[Callable[[], AbstractContextManager[None]]]) -> None:
    with returns[0]() if returns else nullcontext():
        for subscriber in _after[type(event)]:
            try:
                subscriber(event)
            except Exception:
                log.exception("A subscriber of %s failed after the commit", type(event).__name__)


def subscriptions() -> dict[str, list[str]]:
    """Every event with its subscribers as `within:module.name` or `after:module.name`, for the docs test."""
    table: dict[str, list[str]] = defaultdict(list)
    for label, registry in (("within", _within), ("after", _after)):
        for event, subscribers in registry.items():
            table[f"{event.__module__}.{event.__qualname__}"] += [
                f"{label}:{subscriber.__module__}.{subscriber.__qualname__}" for subscriber in subscribers
            ]
    return dict(table)
