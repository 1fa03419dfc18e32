"""All that the sandbox world remembers while it runs, and the small lookups on it.

Owns the one `State` of the process: one event loop touches it, so nothing is locked.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
from starlette.requests import Request

from sandbox.world.faults import ActiveFault
from sandbox.world.google import Google
from sandbox.world.records import Accepted, ChatMessage, Delivery, Number, Person, Thread, Tried
from sandbox.world.script import Call, Rule

#: Webhooks and model calls that are remembered for reading back; older ones fall off.
KEPT = 20_000
KEPT_CALLS = 5_000

ThreadKey = tuple[str, str]  # (phone_number_id, phone)


@dataclass
class State:
    """The world. `closing` is set when the server stops, so that nothing open holds it up."""

    client: httpx2.AsyncClient
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    numbers: dict[str, Number] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    threads: dict[ThreadKey, Thread] = field(default_factory=dict)
    by_wamid: dict[str, ChatMessage] = field(default_factory=dict)
    ledger: list[Accepted] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    faults: list[ActiveFault] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_CALLS))
    lanes: dict[ThreadKey, deque[Delivery]] = field(default_factory=dict)
    sent_at: dict[str, deque[float]] = field(default_factory=dict)
    paired_at: dict[ThreadKey, float] = field(default_factory=dict)
    watchers: dict[ThreadKey, set[asyncio.Event]] = field(default_factory=dict)
    google: Google = field(default_factory=Google)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    shop: dict[str, str] = field(default_factory=dict)  # the chat on the website at /shop/: script, key
    site: dict[str, str] = field(default_factory=dict)  # pages of the website at /bakery/ that were changed
    counter: int = 0
    unsaved: bool = False


def state_of(request: Request) -> State:
    """The world that a request speaks to."""
    state: State = request.app.state.world
    return state


def next_order(state: State) -> int:
    """A number larger than all given out before: the order in which things happened."""
    state.counter += 1
    return state.counter


def spawn(state: State, work: Coroutine[Any, Any, None]) -> None:
    """Run work in the background; it is cancelled by a reset and by the end of the process."""
    task = asyncio.create_task(work)
    state.tasks.add(task)
    task.add_done_callback(state.tasks.discard)


def thread_of(state: State, number: str, person: str) -> Thread:
    """The chat of a person with a number, begun when there is none."""
    return state.threads.setdefault((number, person), Thread())


def add_message(state: State, message: ChatMessage) -> None:
    """Put a message into its thread and show it."""
    thread_of(state, message.number, message.person).messages.append(message)
    state.by_wamid[message.wamid] = message
    touch(state, message.number, message.person)


def touch(state: State, number: str, person: str) -> None:
    """Say that a thread changed: open phone pages are refreshed and the state is saved."""
    state.unsaved = True
    for watcher in state.watchers.get((number, person), ()):
        watcher.set()


def close(state: State) -> None:
    """End what is held open: streams of phone pages and requests that hang on purpose."""
    state.closing.set()
    for watchers in state.watchers.values():
        for watcher in watchers:
            watcher.set()


def threads_of(state: State, person: str) -> Iterator[Thread]:
    """All chats of a person, one per number written with."""
    return (thread for (_, phone), thread in state.threads.items() if phone == person)


def person_by_user_id(state: State, user_id: str) -> Person | None:
    """The person behind a business-scoped user id, or None."""
    return next((person for person in state.people.values() if person.user_id == user_id), None)


def forget(state: State, *, keep_numbers: bool = False) -> None:
    """Make the world new: everything is dropped and what was planned no longer happens."""
    for task in state.tasks:
        task.cancel()
    watched = [*state.watchers]
    kept = {"client", "closing", "watchers", "tasks", "counter", "unsaved"}
    kept |= {"numbers", "people"} if keep_numbers else set()
    for name, value in vars(state).items():
        if name not in kept:
            value.clear()
    for number, person in watched:
        touch(state, number, person)
    state.unsaved = True
