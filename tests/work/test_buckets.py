"""Buckets: a rate holds across processes, a burst may be spent at once, the wait is told."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from apps import tenants
from apps.tenants.models import Workspace
from apps.work.models import Bucket
from apps.work.services import take


def test_the_second_token_within_the_interval_is_refused_with_the_wait(workspace: Workspace) -> None:
    assert take("turns", per_minute=6) == 0.0
    assert 9.0 < take("turns", per_minute=6) <= 10.0


def test_a_refusal_costs_nothing(workspace: Workspace) -> None:
    take("turns", per_minute=6)
    waits = [take("turns", per_minute=6) for _ in range(5)]
    assert max(waits) <= 10.0


def test_a_burst_is_granted_at_once_and_not_more(workspace: Workspace) -> None:
    assert [take("inbox", per_minute=60, burst=5) == 0.0 for _ in range(7)] == [True] * 5 + [False] * 2


def test_names_and_workspaces_do_not_share_tokens(workspace: Workspace, other: Workspace) -> None:
    assert take("one", per_minute=1) == 0.0
    assert take("two", per_minute=1) == 0.0
    with tenants.enter(other):
        assert take("one", per_minute=1) == 0.0


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Workspace]:
    with django_db_blocker.unblock():
        with tenants.enter(Workspace.objects.get(slug="acme")):
            yield connection.tenant
        Bucket.objects.all().delete()


def test_twenty_threads_get_exactly_the_burst(committed: Workspace) -> None:
    barrier, granted, lock = threading.Barrier(20), [], threading.Lock()

    def ask() -> None:
        with tenants.enter(committed):
            barrier.wait()
            wait = take("race", per_minute=1, burst=7)
        with lock:
            granted.append(wait == 0.0)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 7
