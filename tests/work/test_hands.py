"""Hands that work: leases kept while they live, given up when they die, and items that kill them set aside."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone
from psycopg.conninfo import make_conninfo
from psycopg.errors import ProgramLimitExceeded
from psycopg_pool import ConnectionPool

from apps import tenants
from apps.core import connections
from apps.tenants.models import Workspace
from apps.work import ages, claims, owed, runner
from apps.work.ages import Age
from apps.work.claims import Claim
from apps.work.heart import heart
from apps.work.models import Pulse, WorkItem
from apps.work.relay import Relay
from apps.work.runner import How, Later, count_due
from apps.work.services import make_due
from tests.clocks import PATIENCE, Stopwatch

KIND, QUEUE = "test.hands", "test-hands"


def item(key: str = "1") -> WorkItem:
    return WorkItem.objects.get(kind=KIND, key=key)


def work(run: Callable[[Claim], Later | None], how: How | None = None, *, seconds: float = 0.2) -> int:
    return runner.work_items(KIND, run, how or How(60.0), QUEUE, seconds)


def die(times: int) -> None:
    """The hands that have the item die with it, so often."""
    for _ in range(times):
        assert claims.claim(KIND, lease=-1, share=20)


def others_die(number: int, *, minutes_ago: float = 1.0) -> None:
    seen = timezone.now() - timedelta(minutes=minutes_ago)
    Pulse.objects.bulk_create(
        Pulse(process=f"dead.{place}.{minutes_ago}", queue=QUEUE, hands=1, seen_at=seen) for place in range(number)
    )


def test_an_item_that_kills_its_hands_is_set_aside_after_five_deaths(workspace: Workspace) -> None:
    ran: list[str] = []
    let_go: list[str] = []
    make_due(KIND, "1")
    die(5)
    work(lambda claim: ran.append(claim.key), How(60.0, set_aside=lambda claim: let_go.append(claim.key)))
    assert (ran, let_go) == ([], ["1"])
    assert (item().due_at, item().error, item().quarantined_at is not None) == (None, "its hands died", True)


def test_after_four_deaths_it_is_tried_once_more(workspace: Workspace) -> None:
    ran: list[str] = []
    make_due(KIND, "1")
    die(4)
    assert work(lambda claim: ran.append(claim.key)) == 1
    assert (ran, item().attempts) == (["1"], 0)


def test_it_is_not_blamed_while_hands_die_everywhere(workspace: Workspace) -> None:
    """As when somebody kills processes at random: giving up what they held would lose it."""
    ran: list[str] = []
    make_due(KIND, "1")
    die(7)
    others_die(40)
    work(lambda claim: ran.append(claim.key))
    assert (ran, item().quarantined_at) == (["1"], None)


def test_deaths_of_long_ago_or_of_another_queue_excuse_nothing(workspace: Workspace) -> None:
    make_due(KIND, "1")
    die(5)
    others_die(40, minutes_ago=11)
    Pulse.objects.bulk_create(
        Pulse(process=f"x{n}", queue="chat", hands=1, seen_at=timezone.now() - timedelta(minutes=1)) for n in range(40)
    )
    work(lambda claim: None)
    assert item().quarantined_at is not None


def test_at_twenty_deaths_it_is_set_aside_whatever_else_died(workspace: Workspace) -> None:
    make_due(KIND, "1")
    die(20)
    others_die(400)
    work(lambda claim: None)
    assert item().quarantined_at is not None


def test_an_item_that_fails_five_times_is_let_go_and_something_new_starts_it_anew(workspace: Workspace) -> None:
    let_go: list[int] = []
    ran: list[int] = []

    def fail(claim: Claim) -> None:
        ran.append(claim.attempts)
        raise ValueError("with a customer's words")

    make_due(KIND, "1")
    for _ in range(5):
        WorkItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        work(fail, How(60.0, set_aside=lambda claim: let_go.append(claim.attempts)))
    assert (ran, let_go, item().quarantined_at is not None) == ([1, 2, 3, 4, 5], [5], True)
    make_due(KIND, "1")
    assert (item().quarantined_at, item().attempts, count_due(KIND)) == (None, 0, 1)


def test_letting_go_that_fails_sets_aside_all_the_same(workspace: Workspace) -> None:
    def cannot(claim: Claim) -> None:
        raise RuntimeError

    make_due(KIND, "1")
    die(5)
    work(lambda claim: None, How(60.0, set_aside=cannot))
    assert item().quarantined_at is not None


def test_only_what_could_be_claimed_counts_as_due(workspace: Workspace, other: Workspace) -> None:
    for number in range(30):
        make_due(KIND, number)
    with tenants.enter(other):
        make_due(KIND, "theirs")
    assert count_due(KIND, 8) == 8 + 1
    assert len(claims.claim(KIND, limit=5, lease=30, share=8)) == 5
    assert count_due(KIND, 8) == 4
    claims.claim(KIND, limit=50, lease=30, share=8)
    assert count_due(KIND, 8) == 0


#: Seconds of a lease: long enough for a heart that this machine lets beat late, short enough to be outlived.
LEASE = 2.0


@pytest.fixture
def shortly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short leases, and a heart that has not gone to sleep for longer."""
    monkeypatch.setitem(ages.AGES, "lease", Age(LEASE))  # type: ignore[arg-type]
    monkeypatch.setattr(heart, "_thread", None)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Workspace]:
    """Rows that other connections see; removed afterwards."""
    with django_db_blocker.unblock():
        found = Workspace.objects.get(slug="acme")
        yield found
        WorkItem.objects.filter(kind=KIND).delete()
        connection.close()


def claims_meanwhile(seconds: float, most: int = 100) -> list[Claim]:
    """What other hands get, asking all the time, until they have got so many."""
    found: list[Claim] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until and len(found) < most:
        found += claims.claim(KIND, lease=PATIENCE, share=20)
        time.sleep(0.05)
    return found


def test_a_long_run_keeps_its_item_by_heartbeats(committed: Workspace, shortly: None) -> None:
    with tenants.enter(committed):
        make_due(KIND, "long")
    stolen: list[Claim] = []
    assert work(lambda claim: stolen.extend(claims_meanwhile(2 * LEASE))) == 1
    assert (stolen, item("long").due_at) == ([], None)


def test_a_run_that_takes_longer_than_its_kind_may_loses_its_item(committed: Workspace, shortly: None) -> None:
    with tenants.enter(committed):
        make_due(KIND, "endless")
    stolen: list[Claim] = []
    work(lambda claim: stolen.extend(claims_meanwhile(PATIENCE, most=1)), How(0.7))
    assert len(stolen) == 1
    assert item("endless").token == stolen[0].token  # and the first hands finished nothing


def test_a_run_that_says_so_may_take_longer(committed: Workspace, shortly: None) -> None:
    with tenants.enter(committed):
        make_due(KIND, "asked")
    stolen: list[Claim] = []

    def run(claim: Claim) -> None:
        heart.prolong(claim, 60)
        stolen.extend(claims_meanwhile(2 * LEASE))

    work(run, How(0.75 * LEASE))
    assert stolen == []


def test_the_heart_renews_only_what_it_still_has(committed: Workspace, shortly: None) -> None:
    with tenants.enter(committed):
        make_due(KIND, "stale")
    (mine,) = claims.claim(KIND, lease=-1, share=20)
    (theirs,) = claims.claim(KIND, lease=30, share=20)
    with heart.keeping(mine, 60):
        heart.beat()
    left = item("stale").lease_until
    assert left is not None and (left - timezone.now()).total_seconds() > 20
    assert claims.hold(theirs)


def test_the_end_of_an_old_run_leaves_a_newer_claim_of_the_same_process_its_heartbeat(
    committed: Workspace, shortly: None
) -> None:
    with tenants.enter(committed):
        make_due(KIND, "twice")
    (old,) = claims.claim(KIND, lease=-1, share=20)
    (new,) = claims.claim(KIND, lease=-1, share=20)
    ending = heart.keeping(old, 60)
    ending.__enter__()
    with heart.keeping(new, 60):
        ending.__exit__(None, None, None)
        heart.beat()
    left = item("twice").lease_until
    assert left is not None and left > timezone.now()


def test_an_item_that_was_just_given_back_gets_no_lease_by_a_late_heartbeat(
    committed: Workspace, shortly: None
) -> None:
    with tenants.enter(committed):
        make_due(KIND, "given-back")
        (mine,) = claims.claim(KIND, lease=30, share=20)
        with heart.keeping(mine, 60):
            claims.finish(mine)
            heart.beat()
        make_due(KIND, "given-back")
    assert [claim.key for claim in claims.claim(KIND, lease=30, share=20)] == ["given-back"]


def test_timers_go_off_within_a_second_and_two_relays_work_each_item_once(
    committed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No worker lives: the relays work themselves, side by side."""
    ran: list[tuple[str, float]] = []
    lock = threading.Lock()
    monkeypatch.setattr("apps.work.kinds._kinds", {})

    @runner.work_kind(KIND, queue=QUEUE, lease=30, share=100)
    def run(claim: Claim) -> None:
        late = (timezone.now() - claim.due_at).total_seconds()
        with lock:
            ran.append((claim.key, late))

    relays = [Relay(), Relay()]
    threads = [threading.Thread(target=_look, args=(relay,)) for relay in relays]
    for thread in threads:
        thread.start()
    with Stopwatch() as watch:
        with tenants.enter(committed):
            for number in range(40):
                make_due(KIND, number, at=timezone.now() + timedelta(seconds=0.3 + number * 0.1))
        while len(ran) < 40 and watch.seconds < PATIENCE:
            time.sleep(0.05)
        time.sleep(0.3)
    for relay in relays:
        relay.stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(key for key, _ in ran) == sorted(map(str, range(40)))
    assert max(late for _, late in ran) < 1.0 + watch.held_up


def _look(relay: Relay) -> None:
    relay.run()
    connection.close()


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[float]]:
    """The first so many times that somebody looks, others wait for a connection; gives the pauses that were made."""

    def make(looks: int) -> list[float]:
        left, paused = [True] * looks, list[float]()
        monkeypatch.setattr(runner.connections, "scarce", lambda: bool(left) and left.pop())
        monkeypatch.setattr(runner.connections, "release", lambda: None)  # the test's transaction is in it
        monkeypatch.setattr(runner.time, "sleep", paused.append)
        return paused

    return make


def test_hands_begin_nothing_while_others_that_have_begun_wait_for_a_connection(
    workspace: Workspace, crowd: Callable[[int], list[float]]
) -> None:
    make_due(KIND, "1")
    paused = crowd(4)
    assert work(lambda claim: None, seconds=5.0) == 1
    assert paused == [runner.DOOR_SECONDS] * 3  # after a look in passing, until none waits any more


def test_hands_whose_time_is_over_go_and_leave_the_item_to_others(
    workspace: Workspace, crowd: Callable[[int], list[float]]
) -> None:
    make_due(KIND, "1")
    crowd(1_000_000)
    assert work(lambda claim: None, seconds=0.05) == 0
    assert item().due_at is not None and item().attempts == 0


def test_what_hands_have_just_made_due_themselves_they_do_at_once(
    workspace: Workspace, crowd: Callable[[int], list[float]]
) -> None:
    make_due(KIND, "1")
    crowd(1_000_000)
    assert work(lambda claim: None, seconds=0.0) == 1


def test_a_connection_is_scarce_while_a_thread_waits_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connections.scarce() is False  # without a pool each thread has its own
    with ConnectionPool(make_conninfo(**_address()), min_size=1, max_size=1, timeout=PATIENCE, open=True) as pool:
        monkeypatch.setattr(DatabaseWrapper, "pool", pool)
        with pool.connection():
            assert connections.scarce() is False
            waiting = threading.Thread(target=lambda: pool.putconn(pool.getconn()))
            waiting.start()
            while not pool.get_stats().get("requests_waiting"):
                time.sleep(0.01)
            assert connections.scarce() is True
        waiting.join()
        assert connections.scarce() is False


def _address() -> dict[str, Any]:
    found = connection.get_connection_params()
    return {name: found[name] for name in ("dbname", "user", "password", "host", "port") if name in found}


def test_an_item_that_the_database_fails_is_tried_again_ever_later_and_never_set_aside(workspace: Workspace) -> None:
    pauses: list[int] = []
    let_go: list[str] = []

    def run(claim: Claim) -> None:
        raise OperationalError("canceling statement due to lock timeout")

    make_due(KIND, "1")
    for _ in range(8):
        assert work(run, How(60.0, set_aside=lambda claim: let_go.append(claim.key))) == 1
        due = item().due_at
        assert due is not None
        pauses.append(round((due - timezone.now()).total_seconds()))
        WorkItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (item().attempts, item().error, item().quarantined_at, let_go) == (0, "OperationalError", None, [])
    assert work(lambda claim: None) == 1
    assert (item().due_at, item().held_up, item().error) == (None, 0, "")


def test_what_the_database_refuses_as_wrong_counts_as_a_try(workspace: Workspace) -> None:
    def too_large(claim: Claim) -> None:
        refusal = OperationalError("index row size exceeds the maximum")
        refusal.__cause__ = ProgramLimitExceeded()
        raise refusal

    def wrong(claim: Claim) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    for key, run in (("1", too_large), ("2", wrong)):
        make_due(KIND, key)
        work(run)
        assert (item(key).attempts, item(key).held_up) == (1, 0)


def test_a_lock_that_others_keep_is_no_try_and_news_of_meanwhile_are_due_at_once(committed: Workspace) -> None:
    """A real lock, a real error of Postgres."""
    with tenants.enter(committed):
        make_due(KIND, "locked")
    with ThreadPoolExecutor(1) as other, tenants.enter(None):

        def run(claim: Claim) -> None:
            make_due(KIND, "locked")
            locked, over = threading.Event(), threading.Event()
            held = other.submit(keep_locked, locked, over)
            locked.wait(PATIENCE)
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '50ms'")
                    cursor.execute("SELECT 1 FROM tenants_workspace FOR UPDATE")
            finally:
                over.set()
                held.result(PATIENCE)

        assert work(run, seconds=0.0) == 1
        assert (item("locked").attempts, item("locked").error) == (0, "OperationalError")
        assert [claim.key for claim in claims.claim(KIND, lease=30, share=20)] == ["locked"]


def keep_locked(locked: threading.Event, over: threading.Event) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM public.tenants_workspace FOR UPDATE")
            locked.set()
            over.wait(PATIENCE)
    finally:
        connection.close()


def test_what_could_not_be_given_back_is_before_something_else_is_taken(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away for the work and for giving back; the try counts for nothing all the same."""

    def away(*_: object) -> None:
        raise OperationalError("the connection is closed")

    def run(claim: Claim) -> None:
        monkeypatch.setattr(claims, "hand_back", away)
        away()

    real = claims.hand_back
    make_due(KIND, "1")
    with pytest.raises(OperationalError):
        work(run)
    assert (item().attempts, item().lease_until is not None) == (1, True)
    monkeypatch.setattr(claims, "hand_back", real)
    for back in list(owed._owed):
        owed._owed.remove(back)
        owed._owed.append(partial(real, *back.args))  # type: ignore[attr-defined]  # a partial
    make_due(KIND, "2")
    assert [claim.key for claim in claims.claim(KIND, lease=30, share=20)] == ["2"]
    assert (item().attempts, item().lease_until) == (0, None)


def test_an_excuse_that_comes_late_takes_nothing_from_who_has_the_item_by_now(workspace: Workspace) -> None:
    make_due(KIND, "1")
    (mine,) = claims.claim(KIND, lease=-1, share=20)
    (theirs,) = claims.claim(KIND, lease=30, share=20)
    claims.hand_back(mine, "OperationalError")
    assert (item().attempts, claims.hold(theirs), item().lease_until is not None) == (1, True, True)
