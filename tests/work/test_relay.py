"""The relay rings the hands that live, and works itself when there are none or they cannot be rung."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu import Connection
from kombu.entity import Queue
from kombu.message import Message
from kombu.messaging import Consumer

from apps.tenants.models import Workspace
from apps.work import chores, claims, kinds, pulse, runner
from apps.work.claims import Claim
from apps.work.kinds import Kind
from apps.work.models import WorkItem
from apps.work.relay import OLD_RINGS, Relay
from apps.work.runner import Later, count_due, work_kind
from apps.work.services import make_due
from celery_app import app
from tests.clocks import PATIENCE

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

        monkeypatch.setattr(kinds, "_kinds", {"test.ring": Kind("test.ring", QUEUE, work, lambda _young: due)})
        return worked

    return register


def look(relay: Relay) -> None:
    relay.look()
    if relay.ringing is not None:
        relay.ringing.result(timeout=PATIENCE)
    for futures in relay.under_way.values():
        for future in futures:
            future.result(timeout=PATIENCE)


def rings(bell: redis.Redis) -> list[str]:
    return [json.loads(raw)["headers"]["task"] for raw in bell.lrange(QUEUE, 0, -1)]


@pytest.mark.parametrize(("due", "hands", "expected"), [(1, 5, 1), (3, 5, 3), (100, 4, 4), (5, 0, 1)])
def test_it_rings_as_often_as_is_due_but_for_no_more_than_the_free_hands(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], due: int, hands: int, expected: int
) -> None:
    worked = kind(due)
    pulse.beat("somebody", QUEUE, hands)
    look(Relay())
    assert rings(bell) == ["test.ring"] * expected
    assert worked == []


def test_hands_that_show_life_and_take_no_ring_are_helped_until_they_hear_again(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a worker does whose consumer was lost with Redis: its beat has a thread of its own."""
    monkeypatch.setattr("apps.work.relay.DEAF_SECONDS", 0.2)
    worked, relay = kind(1), Relay()
    until = time.monotonic() + 10
    while not worked and time.monotonic() < until:
        pulse.beat("deaf", QUEUE, 4)
        look(relay)
    assert (len(set(worked)), len(rings(bell))) == (1, 1)
    bell.delete(QUEUE)  # somebody hears again
    look(relay)
    before = len(worked)
    look(relay)
    assert len(worked) == before


def test_an_old_ring_says_nothing_when_nobody_has_looked_for_a_while(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    worked, relay = kind(1), Relay()
    pulse.beat("somebody", QUEUE, 4)
    look(relay)
    look(relay)
    relay.lying[QUEUE].since -= 60
    relay.lying[QUEUE].seen -= 50
    bell.delete(QUEUE)
    look(relay)
    assert worked == []


def test_hands_that_are_all_busy_are_not_deaf(db: None, bell: redis.Redis, kind: Callable[..., list[str]]) -> None:
    worked, relay = kind(1), Relay()
    pulse.beat("somebody", QUEUE, 0)
    look(relay)
    relay.lying[QUEUE].since -= 60
    look(relay)
    look(relay)
    assert worked == []


def test_an_old_item_is_rung_for_now_and_then_and_a_new_one_at_each_look(
    workspace: Workspace, bell: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    work_kind("test.aged", queue=QUEUE, lease=30)(lambda claim: None)
    pulse.beat("somebody", QUEUE, 9)
    monkeypatch.setattr("apps.work.relay.OLD_SECONDS", 30.0)  # this machine may be slow
    relay = Relay()
    old = timezone.now() - timedelta(minutes=1)
    WorkItem.objects.create(workspace=workspace, kind="test.aged", key="old", due_at=old)
    heard = []
    for _ in range(2):
        look(relay)
        heard.append(len(rings(bell)))
        bell.delete(QUEUE)
    WorkItem.objects.create(workspace=workspace, kind="test.aged", key="new", due_at=timezone.now())
    monkeypatch.setattr("apps.work.relay.YOUNG_SECONDS", 30.0)
    relay.rung.clear()  # who was called has come
    look(relay)
    heard.append(len(rings(bell)))
    bell.delete(QUEUE)
    relay.looked_at_old -= 30.0
    relay.rung.clear()
    look(relay)
    assert [*heard, len(rings(bell))] == [1, 0, 1, 2]


def test_hands_at_work_and_rings_that_wait_leave_fewer_to_ring_for(
    workspace: Workspace, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    kind(100)
    pulse.beat("somebody", QUEUE, 6)
    soon = timezone.now() + timedelta(minutes=1)
    for number in range(2):
        WorkItem.objects.create(workspace=workspace, kind="test.ring", key=str(number), lease_until=soon)
    relay = Relay()
    look(relay)
    assert len(rings(bell)) == 4
    bell.lpop(QUEUE)
    look(relay)
    assert len(rings(bell)) == 4


def test_kinds_of_a_queue_share_its_hands_and_take_turns(
    db: None, bell: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {f"test.{name}": Kind(f"test.{name}", QUEUE, lambda seconds: 0, lambda _young: 100) for name in "abc"}
    monkeypatch.setattr(kinds, "_kinds", found)
    pulse.beat("somebody", QUEUE, 4)
    relay, heard = Relay(), Counter[str]()
    for _ in range(3):
        look(relay)
        assert len(rings(bell)) == 4
        heard.update(rings(bell))
        bell.delete(QUEUE)
    assert heard == {"test.a": 4, "test.b": 4, "test.c": 4}


def test_a_kind_newly_due_is_rung_for_though_rings_of_another_wait(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kind(2)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    look(relay)
    late = Kind("test.late", QUEUE, lambda seconds: 0, lambda _young: 1)
    monkeypatch.setitem(kinds._kinds, "test.late", late)
    look(relay)
    assert Counter(rings(bell)) == {"test.ring": 2, "test.late": 1}


def test_a_lost_ring_is_rung_again_at_the_next_look(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    kind(2)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    for _ in range(3):
        look(relay)
        assert len(rings(bell)) == 2
        bell.flushdb()


def test_a_ring_that_was_taken_leaves_nothing_in_redis(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    kind(2)
    pulse.beat("somebody", QUEUE, 5)
    look(Relay())
    taken: list[Message] = []
    with app.connection_for_read() as line, Consumer(line, [Queue(QUEUE)], on_message=taken.append):
        line.drain_events(timeout=PATIENCE)
        line.drain_events(timeout=PATIENCE)
        assert (len(taken), rings(bell), bell.exists("unacked", "unacked_index")) == (2, [], 0)
        for message in taken:
            message.ack()
    assert (rings(bell), bell.exists("unacked", "unacked_index")) == ([], 0)


def test_the_line_to_redis_stays_open(db: None, bell: redis.Redis, kind: Callable[..., list[str]]) -> None:
    kind(1)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    look(relay)
    before = bell.info("stats")["total_connections_received"]
    for _ in range(3):
        bell.delete(QUEUE)
        look(relay)
    assert rings(bell) == ["test.ring"]
    assert bell.info("stats")["total_connections_received"] == before


def test_a_line_that_redis_closed_is_opened_anew(db: None, bell: redis.Redis, kind: Callable[..., list[str]]) -> None:
    worked = kind(1)
    pulse.beat("somebody", QUEUE, 5)
    relay = Relay()
    look(relay)
    bell.delete(QUEUE)
    bell.client_kill_filter(_type="normal", skipme=True)
    for _ in range(3):
        relay.redis_fails_until = 0.0
        look(relay)
    assert (rings(bell), worked) == (["test.ring"], [])


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


def statements() -> int:
    with CaptureQueriesContext(connection) as asked:
        Relay().look()
    return sum("search_path" not in query["sql"] for query in asked.captured_queries)


def test_while_nothing_is_due_a_look_is_one_question_however_many_kinds_and_workspaces_there_are(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {chores.CHORES: kinds.get(chores.CHORES)})
    monkeypatch.setattr(chores, "_chores", {"test.sweep": chores.Chore("test.sweep", 60.0, lambda: None)})
    assert chores.work(5.0) == 1
    assert statements() == 1
    later = timezone.now() + timedelta(hours=1)
    for number in range(40):
        work_kind(f"test.many{number}", queue=QUEUE, lease=30)(lambda claim: None)
        for owner in (workspace, other):
            WorkItem.objects.create(workspace=owner, kind=f"test.many{number}", key="later", due_at=later)
            WorkItem.objects.create(workspace=owner, kind=f"test.many{number}", key="done")
    assert statements() == 1


def test_only_kinds_of_which_something_is_due_are_counted_and_hands_asked_for_once_per_queue(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    for number in range(20):
        work_kind(f"test.many{number}", queue=QUEUE, lease=30)(lambda claim: None)
    make_due("test.many3", 1)
    make_due("test.many3", 2)
    make_due("test.many5", 1)
    make_due("test.many7", 1)
    assert claims.claim("test.many7", lease=30, share=20)  # in hand: nothing to ring for
    make_due("test.many8", 1, after=60)
    assert {kind.name: count for kind, count in kinds.due().items()} == {"test.many3": 2, "test.many5": 1}
    monkeypatch.setattr(Relay, "work_here", lambda *_: None)
    assert statements() == 1 + 2 + 1


def test_hands_that_were_called_a_moment_ago_are_not_called_again(
    workspace: Workspace, bell: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    work_kind("test.called", queue=QUEUE, lease=30)(lambda claim: None)
    pulse.beat("somebody", QUEUE, 9)
    monkeypatch.setattr("apps.work.relay.YOUNG_SECONDS", 30.0)  # this machine may be slow
    relay = Relay()
    heard = []
    for key in ("one", "two", "three"):
        make_due("test.called", key)
        look(relay)
        heard.append(len(rings(bell)))
        bell.delete(QUEUE)
    assert heard == [1, 1, 1]


def test_of_what_waits_for_long_a_few_are_rung_for_at_once(
    workspace: Workspace, bell: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    work_kind("test.heap", queue=QUEUE, lease=30, share=100)(lambda claim: None)
    pulse.beat("somebody", QUEUE, 90)
    old = timezone.now() - timedelta(minutes=1)
    WorkItem.objects.bulk_create(
        WorkItem(workspace=workspace, kind="test.heap", key=str(number), due_at=old) for number in range(50)
    )
    look(Relay())
    assert len(rings(bell)) == OLD_RINGS


def test_what_is_soonest_is_found_by_an_index_that_claims_do_not_use(workspace: Workspace) -> None:
    """Were it of `due_at` itself, Postgres would read a whole flood by it wherever it takes few items to be due."""
    later = timezone.now() + timedelta(hours=1)
    WorkItem.objects.bulk_create(
        WorkItem(workspace=workspace, kind="test.flood", key=str(number), due_at=later) for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE work_workitem")
        cursor.execute("EXPLAIN " + runner.ANY_DUE, [["test.flood", "test.other"]])
        looked = str(cursor.fetchall())
        share = {"kind": "test.flood", "limit": 1, "lease": 30, "share": 20, "look": 50, "together": 3}
        cursor.execute("EXPLAIN " + claims.CLAIM.sql, share)
        claimed = str(cursor.fetchall())
    assert "workitem_soonest" in looked and "Seq Scan" not in looked
    assert "workitem_soonest" not in claimed and "workitem_due" in claimed


def test_without_living_hands_the_relay_works_itself(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]]
) -> None:
    worked = kind(2)
    look(Relay())
    assert (rings(bell), len(worked)) == ([], 2)


def test_when_ringing_fails_the_relay_works_itself_and_rings_again_later(
    db: None, bell: redis.Redis, kind: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.work.relay.REDIS_PAUSE", 60.0)  # this machine may be slow
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


def test_hands_go_on_at_once_with_one_item_of_the_kind_that_follows(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kinds, "_kinds", {})
    done: list[str] = []

    @work_kind("test.first", queue=QUEUE, lease=30, then="test.second")
    def first(claim: Claim) -> None:
        done.append(claim.kind)
        for number in range(2):
            make_due("test.second", number)

    @work_kind("test.second", queue=QUEUE, lease=30)
    def second(claim: Claim) -> None:
        done.append(claim.kind)

    make_due("test.first", "1")
    assert kinds.get("test.first").work(0.0) == 1
    assert (done, count_due("test.second")) == (["test.first", "test.second"], 1)


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
