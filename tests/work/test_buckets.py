"""Buckets: a rate holds across processes, a burst may be spent at once, the wait is told."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.tenants.models import Workspace
from apps.work import claims
from apps.work.models import Bucket, WorkItem
from apps.work.services import free_in, make_due, take
from tests.clocks import Left


def test_the_second_token_within_the_interval_is_refused_with_the_wait(workspace: Workspace) -> None:
    assert take("turns", per_minute=6) == 0.0
    assert take("turns", per_minute=6) == Left(10, abs=0.0)


def test_a_refusal_costs_nothing(workspace: Workspace) -> None:
    take("turns", per_minute=6)
    waits = [take("turns", per_minute=6) for _ in range(5)]
    assert max(waits) <= 10.0


def test_a_burst_is_granted_at_once_and_not_more(workspace: Workspace) -> None:
    assert [take("inbox", per_minute=6, burst=5) == 0.0 for _ in range(7)] == [True] * 5 + [False] * 2


def test_names_and_workspaces_do_not_share_tokens(workspace: Workspace, other: Workspace) -> None:
    assert take("one", per_minute=1) == 0.0
    assert take("two", per_minute=1) == 0.0
    with tenants.enter(other):
        assert take("one", per_minute=1) == 0.0


def held(*keys: str) -> list[claims.Claim]:
    """These items, due and leased."""
    for key in keys:
        make_due("test.turns", key, exactly=True)
    found = claims.claim("test.turns", limit=len(keys), lease=30, share=100)
    return sorted(found, key=lambda claim: claim.key)


def test_who_must_wait_is_promised_a_turn_of_its_own(workspace: Workspace) -> None:
    """Not all who wait come back for the same token: each knows when, and needs not to ask again before."""
    first, *others = held("a", "b", "c", "d")
    assert take("one", per_minute=6, claim=first) == 0.0
    waits = [take("one", per_minute=6, claim=claim) for claim in others]
    assert waits == [Left(10 * number) for number in (1, 2, 3)]


def test_a_promised_turn_is_kept_and_used_once(workspace: Workspace) -> None:
    first, second = held("a", "b")
    take("one", per_minute=6, claim=first)
    take("one", per_minute=6, claim=second)
    claims.postpone(second, 10)
    (second,) = held("b")
    assert take("one", per_minute=6, claim=second) == Left(10)  # it was woken too early
    WorkItem.objects.filter(key="b").update(slot_at=timezone.now())
    assert take("one", per_minute=6, claim=second) == 0.0
    assert take("one", per_minute=6, claim=second) == Left(20)  # the next one is asked for anew


def test_a_turn_at_one_bucket_is_none_at_another(workspace: Workspace) -> None:
    first, second = held("a", "b")
    take("one", per_minute=6, claim=first)
    take("one", per_minute=6, claim=second)
    claims.postpone(second, 0)
    (second,) = held("b")
    assert take("two", per_minute=6, claim=second) == 0.0


def test_turns_are_promised_for_five_minutes_and_who_comes_later_asks_again(workspace: Workspace) -> None:
    everybody = held(*(f"{number:02}" for number in range(12)))
    waits = [take("slow", per_minute=2, claim=claim) for claim in everybody]
    assert waits[:11] == [Left(30 * number) for number in range(11)]
    assert 270 <= waits[11] <= 330
    assert WorkItem.objects.get(key="11").slot == ""


def test_what_is_done_gives_its_turn_back(workspace: Workspace) -> None:
    first, second = held("a", "b")
    take("one", per_minute=6, claim=first)
    take("one", per_minute=6, claim=second)
    claims.finish(second)
    assert WorkItem.objects.get(key="b").slot == ""


def test_looking_takes_nothing(workspace: Workspace) -> None:
    assert free_in("one") == 0.0
    take("one", per_minute=6)
    assert free_in("one") == Left(10)
    Bucket.objects.update(next_at=timezone.now())
    assert (free_in("one"), take("one", per_minute=6)) == (0.0, 0.0)


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
