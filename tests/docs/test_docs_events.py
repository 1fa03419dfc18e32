"""docs/events.md lists every event with its fields and its subscribers, as they are in the code."""

import re
from dataclasses import fields
from importlib import import_module
from typing import Any

import pytest

from apps.core.events import Event, subscriptions
from tests.docs.pages import ROOT, code, text_of

pytestmark = pytest.mark.docs

HEADING = re.compile(r"^## (\S+)$", re.MULTILINE)


def declared() -> dict[str, type[Event]]:
    """Every event of the apps by its full name."""
    for file in ROOT.glob("apps/*/events.py"):
        import_module(f"apps.{file.parent.name}.events")
    found: dict[str, type[Event]] = {}
    waiting: list[type[Event]] = [Event]
    while waiting:
        for event in waiting.pop().__subclasses__():
            waiting.append(event)
            if event.__module__.startswith("apps."):
                found[f"{event.__module__}.{event.__qualname__}"] = event
    return found


def documented() -> dict[str, str]:
    """Full name of each event to what stands under its heading."""
    parts = HEADING.split(text_of("docs/events.md"))[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def type_name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and "[" not in str(annotation) else str(annotation)


def test_every_event_is_documented_and_no_other() -> None:
    assert sorted(documented()) == sorted(declared())


def test_fields_are_those_of_the_code() -> None:
    stated = {
        name: [word for line in text.splitlines() if line.startswith("- Fields:") for word in code(line)]
        for name, text in documented().items()
    }
    real = {
        name: [f"{field.name}: {type_name(field.type)}" for field in fields(event)]
        for name, event in declared().items()
    }
    assert stated == real


def test_subscribers_are_those_of_the_code() -> None:
    stated = {
        name: sorted(
            f"{when}:{subscriber}" for when, subscriber in re.findall(r"^- (within|after): `([^`]+)`", text, re.M)
        )
        for name, text in documented().items()
    }
    heard = subscriptions()
    assert stated == {name: sorted(heard.get(name, [])) for name in declared()}


def test_an_event_without_subscribers_says_so() -> None:
    silent = {name for name in declared() if not subscriptions().get(name)}
    assert {name for name, text in documented().items() if "Nobody listens yet." in text} == silent
