"""Acme and Other Bakery, each filled to the last field; everything that leaves anywhere is kept to be searched."""

import copy
import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import caches

from apps import tenants
from apps.conversations import visitors
from apps.core import http
from apps.providers.web_chat import posts
from apps.tenants.models import Workspace
from tests.canaries.model import Line, stand_in
from tests.canaries.town import House, build
from tests.furnished import Outside, furnish, start_ids_at
from tests.security.conftest import fill

PHONES = ("447700900111", "447700900222")
#: Ids of the second house begin here, so that an id says whose it is.
FAR = 5_000_000


@dataclass(frozen=True)
class Town:
    """Both houses and every way out of them."""

    houses: tuple[House, House]
    told: Line
    outside: Outside
    pushed: list[tuple[list[str], dict[str, Any]]]
    log: io.StringIO
    media: Path

    @property
    def pairs(self) -> tuple[tuple[House, House], tuple[House, House]]:
        """Each house with the other one."""
        one, two = self.houses
        return (one, two), (two, one)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All lines of all loggers, at the loudest level."""
    written, root = io.StringIO(), logging.getLogger()
    handler, before = logging.StreamHandler(written), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture(scope="module")
def houses(
    standing: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, House, Path]]:
    """Both, built once for the file, and the directory in which their files lie."""
    media = tmp_path_factory.mktemp("media")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), tenants.enter(None):
        patch.setattr(django_settings, "MEDIA_ROOT", media)
        patch.setattr(http, "request", Outside().request)
        stand_in(patch)
        mine, other = (Workspace.objects.get(slug=slug) for slug in ("acme", "other"))
        acme = fill(furnish(mine, number="100200300400501"), phone=PHONES[0])
        start_ids_at(other, FAR)
        theirs = fill(furnish(other, number="100200300400502"), phone=PHONES[1])
        yield build(acme, phone=PHONES[0]), build(theirs, phone=PHONES[1]), media


@pytest.fixture
def town(
    houses: tuple[House, House, Path],
    db: None,
    pushed: list[tuple[list[str], dict[str, Any]]],
    log: io.StringIO,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Town]:
    """Everything happens in the test's own transaction, and from outside every workspace."""
    one, two, settings.MEDIA_ROOT = houses
    settings.MODEL_CALLS_PER_MINUTE = 100_000
    for cache in settings.CACHES:
        caches[cache].clear()
    for pace in (visitors._pace, posts._visitors, posts._websites):
        pace.free_at.clear()
    told, outside = stand_in(monkeypatch), Outside()
    monkeypatch.setattr(http, "request", outside.request)
    mail.outbox = []
    with tenants.enter(None):
        yield Town(copy.deepcopy((one, two)), told, outside, pushed, log, settings.MEDIA_ROOT)
