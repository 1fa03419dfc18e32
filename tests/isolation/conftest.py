"""Two furnished workspaces, a model that repeats what it is told, and an outside that remembers what it was sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from apps.core import http
from apps.dialogue import services as dialogue
from apps.providers import whatsapp_cloud
from tests.furnished import Business, Outside, Parrot, committed


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """The model behind every bot."""
    fake = Parrot()
    for place in ("apps.dialogue.services", "apps.knowledge.search", "apps.knowledge.services"):
        monkeypatch.setattr(f"{place}.llm_of", lambda bot: fake)
    return fake


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Everything that leaves the building."""
    fake = Outside()
    monkeypatch.setattr(http, "request", fake.request)
    return fake


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses for people's and the vendor's sake are left out."""
    monkeypatch.setattr(whatsapp_cloud, "rate_per_minute", 100_000)
    monkeypatch.setattr(dialogue, "SECONDS_BETWEEN_TURNS", 0.001)
    monkeypatch.setattr(settings, "MODEL_CALLS_PER_MINUTE", 100_000)


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any, parrot: Parrot, outside: Outside) -> Iterator[list[Business]]:
    """Acme and Other, furnished and committed."""
    with committed(django_db_blocker) as both:
        yield list(both)
