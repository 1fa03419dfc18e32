"""A page that is left open: the real web server, a real Redis, and 20 s in which nobody says anything."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps import tenants
from apps.accounts.models import Role
from apps.live import push as live
from apps.live.audience import roles
from apps.live.push import push
from tests.clocks import PATIENCE
from tests.furnished import Business, committed
from tests.web_process import web_process

enqueue = live._enqueue  # as it is before the fixture that keeps unit tests from Redis takes its place

IDLE = 21.0


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[Business]]:
    """Acme and Other, which the web server sees too."""
    if not os.environ.get("REDIS_URL"):
        pytest.skip("REDIS_URL is not set: pushes need a Redis. bin/test brings one.")
    with committed(django_db_blocker) as both:
        yield list(both)


@pytest.fixture
def web(two: list[Business], tmp_path: Path) -> Iterator[str]:
    """The web process's host and port."""
    with web_process(tmp_path, redis_url=os.environ["REDIS_URL"]) as (host, port):
        yield f"{host}:{port}"


def tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is pushed goes to the real Redis, however long that takes."""
    monkeypatch.setattr(live, "_enqueue", enqueue)
    monkeypatch.setattr(live, "_line", live.Line())
    monkeypatch.setattr(live, "TIMEOUT", PATIENCE)


@contextmanager
def page(host: str, business: Business) -> Iterator[ClientConnection]:
    """An open page of the owner; it sends no pings of its own."""
    browser = Client()
    browser.force_login(business.owner.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    with connect(
        f"ws://{host}/w/{business.slug}/live/",
        origin=f"http://{host}",
        additional_headers={"Cookie": cookie},
        ping_interval=None,
        open_timeout=PATIENCE,
        proxy=None,
    ) as opened:
        assert json.loads(opened.recv(timeout=PATIENCE)) == {"type": "ready"}
        yield opened


def heard(opened: ClientConnection) -> list[str | bytes]:
    """What the page hears within a moment; one that was closed raises ConnectionClosed."""
    try:
        return [opened.recv(timeout=0.3)]
    except TimeoutError:
        return []


@pytest.mark.slow
def test_two_pages_idle_for_20_seconds_still_hear_each_its_own_workspace(
    two: list[Business], web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(monkeypatch)
    with page(web, two[0]) as acme, page(web, two[1]) as other:
        time.sleep(IDLE)
        assert (heard(acme), heard(other)) == ([], [])
        for number, (business, here, there) in enumerate([(two[0], acme, other), (two[1], other, acme)]):
            with tenants.enter(business.workspace):
                push(roles(Role.OWNER), {"type": "conversation", "id": number})
            assert json.loads(here.recv(timeout=PATIENCE)) == {"type": "conversation", "id": number}
            assert heard(there) == []


def test_a_page_that_speaks_is_closed(two: list[Business], web: str) -> None:
    with page(web, two[0]) as opened:
        opened.send("hello")
        with pytest.raises(ConnectionClosed) as closed:
            opened.recv(timeout=PATIENCE)
    assert closed.value.rcvd is not None and closed.value.rcvd.code == 4400
