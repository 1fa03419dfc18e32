"""The world on disk: numbers, people and chats in one JSON file, so that a second start knows them.

Owns that file. It holds tokens of the sandbox, therefore only its owner may read it.
"""

import asyncio
import json
import logging
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sandbox.world.records import ChatMessage, Number, Person, Thread, Unusable, read_record
from sandbox.world.state import State

log = logging.getLogger(__name__)

VERSION = 1
SAVE_EVERY = 1.0  # seconds
KEPT_PER_THREAD = 500


def load(state: State, path: Path) -> None:
    """Fill the world from the file, if there is one. What cannot be read is set aside as *.unreadable."""
    if not path.exists():
        return
    try:
        _fill(state, json.loads(path.read_text()))
    except (ValueError, KeyError, TypeError, AttributeError, Unusable) as error:
        aside = path.with_suffix(".unreadable")
        path.replace(aside)
        log.warning("The saved world in %s could not be read (%s); it is now %s.", path, error, aside)


def _fill(state: State, data: dict[str, Any]) -> None:
    if data["version"] != VERSION:
        raise Unusable(f"it is of version {data['version']}, not {VERSION}")
    numbers = [read_record(Number, item) for item in data["numbers"]]
    people = [read_record(Person, item) for item in data["people"]]
    threads = [(tuple(item["key"]), _thread(item)) for item in data["threads"]]
    state.numbers |= {number.phone_number_id: number for number in numbers}
    state.people |= {person.phone: person for person in people}
    for (number, phone), thread in threads:
        state.threads[(number, phone)] = thread
        state.by_wamid |= {message.wamid: message for message in thread.messages}
    state.shop |= {str(name): str(value) for name, value in data.get("shop", {}).items()}
    state.counter = max([data["counter"], *(message.order for message in state.by_wamid.values())])


def _thread(item: dict[str, Any]) -> Thread:
    messages = [ChatMessage(**message) for message in item["messages"]]
    return Thread(messages, last_written_at=float(item["last_written_at"]))


def save(state: State, path: Path) -> None:
    """Write the world to the file in one step."""
    data = {
        "version": VERSION,
        "counter": state.counter,
        "shop": state.shop,
        "numbers": [asdict(number) for number in state.numbers.values()],
        "people": [asdict(person) for person in state.people.values()],
        "threads": [
            {
                "key": key,
                "last_written_at": thread.last_written_at,
                "messages": [asdict(message) for message in thread.messages[-KEPT_PER_THREAD:]],
            }
            for key, thread in state.threads.items()
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        json.dump(data, file)
    partial.replace(path)
    state.unsaved = False


async def keep_saved(state: State, path: Path) -> None:
    """Save whenever something changed, at most once a second, until cancelled."""
    while True:
        await asyncio.sleep(SAVE_EVERY)
        if state.unsaved:
            save(state, path)
