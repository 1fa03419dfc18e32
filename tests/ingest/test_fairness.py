"""Deliveries are worked of each number in turn: a flood at one does not hold up the others."""

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.ingest import claims, services, tasks, waiting
from apps.ingest.models import Delivery
from apps.providers.base import Item
from apps.tenants.models import Hook


def flood(hook: Hook, count: int, number: str = "") -> None:
    Delivery.objects.bulk_create(Delivery(hook=hook, lane=number, body=b"{}") for _ in range(count))


def claim(limit: int, *, again: bool = False) -> list[Delivery]:
    """Looks, and takes of what is there."""
    seen = waiting.look()
    return claims.take(seen.again if again else seen.fresh, limit)


def another() -> Hook:
    return Hook.objects.create(provider="whatsapp_cloud", secrets="x", verify_token="y")


def test_a_flood_does_not_hold_up_the_others(hook: Hook) -> None:
    flood(hook, 300)
    quiet = [another(), another()]
    for one in quiet:
        flood(one, 2)
    first = claim(20)
    assert Counter(one.hook_id for one in first) == {hook.pk: 16, quiet[0].pk: 2, quiet[1].pk: 2}
    assert {one.hook_id for one in claim(20)} == {hook.pk}


@pytest.mark.parametrize("count", [300, waiting.MOST_SEEN * 2])
def test_a_flood_at_one_number_does_not_hold_up_another_of_the_same_app(hook: Hook, count: int) -> None:
    """One app at the vendor serves many businesses: what they share is the hook."""
    flood(hook, count, "1001")
    for number in ("2002", "3003"):
        flood(hook, 2, number)
    assert Counter(one.lane for one in claim(20)) == {"1001": 16, "2002": 2, "3003": 2}
    first, *rest = [one.pk for one in claim(20)]
    assert [first, *rest] == list(range(first, first + 20))
    assert {one.lane for one in claim(20)} == {"1001"}


@pytest.mark.parametrize("count", [200, waiting.MOST_SEEN * 2])
def test_numbers_that_somebody_invents_have_the_turns_of_one_hook(hook: Hook, count: int) -> None:
    """Who knows an app's secret can sign any number; the lane is what the body says."""
    Delivery.objects.bulk_create(Delivery(hook=hook, lane=f"{n}", body=b"{}") for n in range(count))
    theirs = another()
    for number in ("1001", "2002"):
        flood(theirs, 20, number)
    first = claim(40)
    assert Counter(one.hook_id for one in first) == {hook.pk: 20, theirs.pk: 20}
    assert Counter(one.lane for one in first if one.hook_id == theirs.pk) == {"1001": 10, "2002": 10}


def test_of_more_numbers_than_one_look_holds_each_has_its_turn(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST_SEEN", 20)
    monkeypatch.setattr(waiting, "MOST_LANES", 20)
    for number in range(60):
        flood(hook, 10, f"{number:03}")
    seen = {one.lane for _ in range(60) for one in waiting.look().fresh}
    assert len(seen) == 60
    assert all(len({one.lane for one in waiting.look().fresh}) == 20 for _ in range(5))


def test_of_one_hook_the_oldest_come_first(hook: Hook) -> None:
    flood(hook, 30)
    ids = list(Delivery.objects.order_by("pk").values_list("pk", flat=True))
    assert [one.pk for one in claim(10)] == ids[:10]
    assert [one.pk for one in claim(10)] == ids[10:20]


def test_what_is_leased_is_not_claimed_until_the_lease_is_over(hook: Hook) -> None:
    flood(hook, 1)
    (held,) = claim(10)
    assert claim(10) == claim(10, again=True) == []
    Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim(10) == []
    (again,) = claim(10, again=True)
    assert (again.pk, again.token > held.token, again.attempts) == (held.pk, True, 2)
    assert not claims.finish(held, Delivery.State.PROCESSED)
    assert claims.finish(again, Delivery.State.PROCESSED, items=1)


class Killed(BaseException):
    """As a process ends that is killed."""


def test_a_delivery_that_kills_its_hands_is_worked_alone_and_set_aside_after_five_deaths(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    flood(hook, 6)
    poison = Delivery.objects.order_by("pk").first()
    assert poison is not None
    worked: list[int] = []

    def read(_this: object, delivery: Delivery) -> list[Item]:
        if delivery.pk == poison.pk:
            raise Killed
        worked.append(delivery.pk)
        return []

    monkeypatch.setattr(services, "_read", read)
    for _ in range(claims.MAX_ATTEMPTS):
        with pytest.raises(Killed):
            tasks.work(5.0)
        Delivery.objects.update(lease_until=None)
    assert len(worked) == 5  # they were in hand when the first hands died; each came alone, before the poison
    flood(hook, 3)
    assert tasks.work(5.0) == 3 + 1
    poison.refresh_from_db()
    assert (poison.state, poison.error, poison.attempts) == ("failed", "its hands died", claims.MAX_ATTEMPTS + 1)
    assert len(worked) == 8
    services.replay([poison])
    assert [one.pk for one in claim(5, again=True)] == [poison.pk]


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hook]:
    with django_db_blocker.unblock():
        made = another()
        yield made
        Delivery.objects.filter(hook=made).delete()
        made.delete()
        connection.close()


def test_six_claimers_at_once_share_all_without_overlap(committed: Hook) -> None:
    flood(committed, 200)
    barrier, taken, lock = threading.Barrier(6), [], threading.Lock()

    def grab() -> None:
        barrier.wait()
        for _ in range(60):
            found = claim(7)
            with lock:
                taken.extend(one.pk for one in found)
        connection.close()

    threads = [threading.Thread(target=grab) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    mine = set(Delivery.objects.filter(hook=committed).values_list("pk", flat=True))
    assert sorted(pk for pk in taken if pk in mine) == sorted(mine)
