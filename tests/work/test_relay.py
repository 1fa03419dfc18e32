"""The relay rings the hands that live, and works itself when there are none or they cannot be rung."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.conf import settings
from kombu import Connection

from apps.tenants.models import Workspace
from apps.work import kinds, pulse
from apps.work.claims import Claim
from apps.work.kinds import Kind
from apps.work.relay import Relay
from apps.work.runner import Later, count_due, work_kind
from apps.work.services import make_due
from celery_app import app

QUEUE = "test-relay"


@pytest.fixture
def bell() -> Iterator[redis.Redis]:
    """The queue as Redis holds it, empty."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    try:
        client.delete(QUEUE)
    except redis.ConnectionError:
        pytest.skip("no Redis answers at REDIS_URL; bin/test starts one")
    yield client
    client.delete(QUEUE)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Registers the only kind of work there is, with so many items due; returns who worked it."""

    def register(due: int) -> list[str]:
        worked: list[str] = []

        def work(seconds: float) -> int:
            worked.append(threading.current_thread().name)
            return 0

        monkeypatch.setattr(kinds, "_kinds", {"test.ring": Kind("test.ring", QUEUE, work, lambda: due)})
        return worked

    return register


def look(relay: Relay) -> None:
    relay.look()
    if relay.ringing is not None:
        relay.ringing.result(timeout=10)
    for futures in relay.under_way.values():
        for future in futures:
            future.result(timeout=10)


def rings(bell: redis.Redis) -> list[str]:
    return [json.loads(raw)["headers"]["task"] for raw in bell.lrange(QUEUE, 0, -1)]


@pytest.mark.parametrize(("due", "hands", "expected"), [(1, 5, 1), (3, 5, 3), (100, 4, 8), (5, 0, 0)])
def test_it_rings_as_often_as_is_due_but_at_most_twice_the_free_hands(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], due: int, hands: int, expected: int
) -> None:
    worked = kind(due)
    pulse.beat("somebody", QUEUE, hands)
    look(Relay())
    assert rings(bell) == ["test.ring"] * expected
    assert worked == []


def test_rings_that_nobody_took_yet_are_not_repeated(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    kind(3)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    for _ in range(4):
        look(relay)
    assert len(rings(bell)) == 3


def test_nothing_due_rings_nobody(db: None, bell: redis.Redis, kind: Callable[..., list[str]]) -> None:
    worked = kind(0)
    pulse.beat("somebody", QUEUE, 5)
    look(Relay())
    assert (rings(bell), worked) == ([], [])


def test_without_living_hands_the_relay_works_itself(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    worked = kind(2)
    look(Relay())
    assert (rings(bell), len(worked)) == ([], 2)


def test_when_ringing_fails_the_relay_works_itself_and_rings_again_later(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = kind(1)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    with monkeypatch.context() as broken:
        broken.setattr(app, "connection_for_write", lambda: Connection("redis://127.0.0.1:1/0"))
        look(relay)
    assert worked == []
    look(relay)
    assert len(worked) == 1
    relay.redis_fails_until = time.monotonic()
    look(relay)
    assert rings(bell) == ["test.ring"]


def test_a_running_item_waits_when_it_says_later_and_others_go_on(workspace: Workspace) -> None:
    seen: list[str] = []

    @work_kind("test.later", queue=QUEUE, lease=30)
    def run(claim: Claim) -> Later | None:
        seen.append(claim.key)
        return Later(60) if claim.key == "wait" else None

    try:
        make_due("test.later", "wait")
        make_due("test.later", "go")
        assert kinds.get("test.later").work(5.0) == 2
        assert sorted(seen) == ["go", "wait"]
        assert (kinds.get("test.later").work(5.0), count_due("test.later")) == (0, 0)
    finally:
        kinds._kinds.pop("test.later")
