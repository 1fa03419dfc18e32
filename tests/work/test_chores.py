"""Chores: done once per time whoever looks, again after their pause, and later when they fail."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.core import http
from apps.core.models import Exchange
from apps.tenants.models import Workspace
from apps.work import chores, kinds
from apps.work.models import Bucket, Chore, Pulse, WorkItem
from apps.work.services import take
from tests.clocks import Left


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Registers the only chore there is; returns what it left behind."""

    def register(name: str = "test.sweep", *, every: float = 60.0, error: Exception | None = None) -> list[str]:
        done: list[str] = []

        def run() -> None:
            done.append(threading.current_thread().name)
            if error is not None:
                raise error

        monkeypatch.setattr(chores, "_chores", {name: chores.Chore(name, every, run)})
        return done

    return register


def due_in(name: str = "test.sweep") -> float:
    return (Chore.objects.get(name=name).due_at - timezone.now()).total_seconds()


def test_a_new_chore_is_due_and_done_once(db: None, only: Callable[..., list[str]]) -> None:
    done = only()
    assert chores.count_due() == 1
    assert chores.work(5.0) == 1
    assert (len(done), chores.count_due(), chores.work(5.0)) == (1, 0, 0)
    assert due_in() == Left(60, abs=2)


def test_it_is_due_again_after_its_pause(db: None, only: Callable[..., list[str]]) -> None:
    done = only()
    chores.work(5.0)
    Chore.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    chores.work(5.0)
    assert len(done) == 2


def test_one_that_fails_is_tried_again_in_a_minute_and_says_why(db: None, only: Callable[..., list[str]]) -> None:
    only(every=86_400.0, error=ValueError("with a customer's words"))
    assert chores.work(5.0) == 1
    row = Chore.objects.get()
    assert (row.error, row.attempts, row.done_at) == ("ValueError", 1, None)
    assert due_in() == Left(60, abs=2)


def test_one_whose_hands_died_is_done_by_others_when_its_lease_is_over(
    db: None, only: Callable[..., list[str]]
) -> None:
    done = only()
    chores.work(0.0)
    Chore.objects.update_or_create(
        name="test.sweep", defaults={"token": 4, "lease_until": timezone.now() + timedelta(seconds=50)}
    )
    assert (chores.work(5.0), done) == (0, [])
    Chore.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert (chores.work(5.0), len(done)) == (1, 1)


def test_a_row_that_no_chore_registers_any_more_is_left_alone(db: None, only: Callable[..., list[str]]) -> None:
    only()
    Chore.objects.create(name="test.forgotten")
    assert (chores.count_due(), chores.work(5.0), chores.count_due()) == (1, 1, 0)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        Chore.objects.filter(name="test.sweep").delete()
        connection.close()


def test_eight_at_once_do_it_once(committed: None, only: Callable[..., list[str]]) -> None:
    done, barrier = only(), threading.Barrier(8)

    def look() -> None:
        barrier.wait()
        chores.work(1.0)
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1


def test_those_that_are_registered() -> None:
    assert chores.names() == [
        "ingest.keep_days",
        "ingest.remove_bodies",
        "staff.keep_days",
        "watch.converse",
        "watch.forget",
        "watch.look",
        "watch.look_for_silence",
        "watch.tell",
        "work.forget",
    ]
    assert kinds.get(chores.CHORES).queue == "default"


def test_dead_processes_and_old_rates_are_forgotten(workspace: Workspace) -> None:
    now = timezone.now()
    Pulse.objects.create(process="dead", queue="chat", hands=1, seen_at=now - timedelta(hours=2))
    Pulse.objects.create(process="alive", queue="chat", hands=1, seen_at=now)
    take("old", per_minute=1)
    Bucket.objects.update(next_at=now - timedelta(days=2))
    take("new", per_minute=1)
    chores.forget()
    assert set(Pulse.objects.filter(process__in=["dead", "alive"]).values_list("process", flat=True)) == {"alive"}
    assert list(Bucket.objects.values_list("name", flat=True)) == ["new"]


def test_what_was_asked_of_the_outside_is_forgotten_after_two_weeks(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "_scheduled", {})
    for _ in range(3):
        chores.schedule_pruning(http.Exchange("GET", "https://example.org/", 200, 0.1, ""))
    item = WorkItem.objects.get(kind=chores.PRUNE)
    assert item.due_at is not None
    assert (item.due_at - timezone.now()).total_seconds() == Left(86_400, abs=5)
    old, new = (Exchange.objects.create(method="GET", url="https://example.org/", milliseconds=1) for _ in range(2))
    Exchange.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=15))
    WorkItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert kinds.get(chores.PRUNE).work(1.0) == 1
    assert list(Exchange.objects.all()) == [new]
    item.refresh_from_db()
    assert item.due_at is not None and item.due_at > timezone.now() + timedelta(hours=23)
    Exchange.objects.update(at=timezone.now() - timedelta(days=15))
    WorkItem.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    kinds.get(chores.PRUNE).work(1.0)
    item.refresh_from_db()
    assert (Exchange.objects.count(), item.due_at) == (0, None)


def test_what_the_installation_itself_asks_schedules_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chores, "_scheduled", {})
    chores.schedule_pruning(http.Exchange("GET", "https://example.org/", 200, 0.1, ""))
    assert not WorkItem.objects.filter(kind=chores.PRUNE).exists()
