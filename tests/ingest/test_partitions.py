"""The ledger's days: made ahead, emptied, dropped; a missing one loses no webhook."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.ingest import claims, partitions, services, tasks, waiting
from apps.ingest.models import Delivery, Quarantined
from apps.ingest.partitions import Day
from apps.tenants.models import Hook

TODAY = datetime.now(UTC).date()


def received(hook: Hook, *, days: float, state: str = "processed", processed_days: float | None = None) -> Delivery:
    """A delivery of so many days ago, processed at once unless said otherwise."""
    at = timezone.now() - timedelta(days=days)
    processed = timezone.now() - timedelta(days=days if processed_days is None else processed_days)
    made = Delivery.objects.create(
        hook=hook,
        body=b"what a customer wrote",
        headers={"user-agent": "vendor"},
        received_at=at,
        state=state,
        processed_at=None if state == "received" else processed,
    )
    connection.check_constraints()  # what a commit would check; a table with checks outstanding cannot be dropped
    return made


def table_of(delivery: Delivery) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM ingest_delivery WHERE id = %s", [delivery.pk])
        return str(cursor.fetchone()[0])


def make(*days: int) -> None:
    """The partitions of so many days ago."""
    for number in days:
        if Day(TODAY - timedelta(days=number)) not in partitions.days():
            partitions._make(Day(TODAY - timedelta(days=number)))


@pytest.fixture(autouse=True)
def _rolled_back(db: None) -> Iterator[None]:
    yield


def test_a_delivery_lies_in_its_days_table(hook: Hook) -> None:
    partitions.make_ahead(TODAY)
    assert table_of(received(hook, days=0)) == Day(TODAY).table


def test_a_week_is_made_ahead_and_made_once() -> None:
    later = TODAY + timedelta(days=40)
    made = partitions.make_ahead(later)
    assert [one.day - later for one in made] == [timedelta(days=number) for number in range(8)]
    assert partitions.make_ahead(later) == []
    assert [one.day for one in partitions.make_ahead(later + timedelta(days=1))] == [later + timedelta(days=8)]


def test_a_delivery_without_a_days_table_is_kept_and_moves_when_it_is_made(hook: Hook) -> None:
    early = received(hook, days=-60, state="received")
    other_day = received(hook, days=-61, state="received")
    assert table_of(early) == "ingest_delivery_default"
    partitions._make(Day(early.received_at.date()))
    assert table_of(early) == Day(early.received_at.date()).table
    assert table_of(other_day) == "ingest_delivery_default"
    assert bytes(Delivery.objects.get(pk=early.pk).body or b"") == b"what a customer wrote"


def test_what_waits_in_the_default_table_is_processed(hook: Hook) -> None:
    far = received(hook, days=300, state="received")
    assert table_of(far) == "ingest_delivery_default"
    waiting._looking.after = waiting._counting.after = 0.0
    assert waiting.count() == 1
    assert [one.pk for one in claims.take(waiting.look().fresh, 10)] == [far.pk]


def test_a_partition_made_by_hand_has_every_rule_of_the_table(hook: Hook) -> None:
    make(20)
    delivery = received(hook, days=20, state="received")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = %s", [table_of(delivery)])
        assert cursor.fetchone()[0] == 3
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'", [table_of(delivery)]
        )
        assert cursor.fetchone()[0] == 1


def test_the_bodies_of_what_was_processed_three_days_ago_are_removed(hook: Hook) -> None:
    make(5, 4, 3)
    old, fresh = received(hook, days=4), received(hook, days=2)
    waiting = received(hook, days=4, state="received")
    late = received(hook, days=4, processed_days=1)
    failed = received(hook, days=5, state="failed")
    assert sum(partitions.remove_bodies(timezone.now())) == 2
    bodies = {one.pk: one.body is not None for one in Delivery.objects.all()}
    assert bodies == {old.pk: False, failed.pk: False, fresh.pk: True, waiting.pk: True, late.pk: True}
    old.refresh_from_db()
    assert (old.headers, old.state) == ({}, "processed")


def test_what_is_kept_aside_can_be_processed_again_until_its_day_is_dropped(hook: Hook) -> None:
    make(20, 5)
    kept, released, dismissed, unused = (received(hook, days=20) for _ in range(4))
    waits = received(hook, days=5)
    now = timezone.now()
    Quarantined.objects.create(delivery=kept, place=0, why="failed")
    Quarantined.objects.create(delivery=kept, place=1, why="failed", released_at=now)
    Quarantined.objects.create(delivery=waits, place=0, why="unknown_route")
    Quarantined.objects.create(delivery=released, place=0, why="failed", released_at=now)
    Quarantined.objects.create(delivery=dismissed, place=0, why="failed", dismissed_at=now)
    Quarantined.objects.create(delivery=unused, place=0, why="unused")
    assert sum(partitions.remove_bodies(now)) == 3
    with_body = Delivery.objects.filter(body__isnull=False)
    assert {one.pk for one in with_body} == {kept.pk, waits.pk}
    assert services.replay([kept, released]) == 1


def test_what_is_settled_later_loses_its_body_then_without_another_look_at_its_day(hook: Hook) -> None:
    make(20)
    delivery = received(hook, days=20)
    row = Quarantined.objects.create(delivery=delivery, place=0, why="failed")
    assert sum(partitions.remove_bodies(timezone.now())) == 0
    assert {one.day: one.emptied for one in partitions.days()}[TODAY - timedelta(days=20)] is True
    assert services.dismiss(row)
    assert sum(partitions.remove_bodies(timezone.now())) == 1
    delivery.refresh_from_db()
    assert (delivery.body, delivery.headers) == (None, {})


def test_a_day_without_bodies_is_not_looked_at_again(hook: Hook) -> None:
    make(5)
    received(hook, days=5)
    day = Day(TODAY - timedelta(days=5))
    list(partitions.remove_bodies(timezone.now()))
    assert {one.day: one.emptied for one in partitions.days()}[day.day] is True
    received(hook, days=5)
    assert sum(partitions.remove_bodies(timezone.now())) == 0


def test_what_lost_its_body_is_not_processed_again(hook: Hook) -> None:
    make(5)
    gone, there = received(hook, days=5), received(hook, days=1)
    list(partitions.remove_bodies(timezone.now()))
    assert services.replay([gone, there]) == 1
    gone.refresh_from_db()
    assert gone.state == "processed"


def test_what_is_processed_again_keeps_its_body_until_then(hook: Hook) -> None:
    make(5)
    again = received(hook, days=5)
    services.replay([again])
    assert sum(partitions.remove_bodies(timezone.now())) == 0
    again.refresh_from_db()
    assert again.body is not None


def test_days_before_the_last_thirty_are_dropped_with_what_was_kept_aside(hook: Hook) -> None:
    make(31, 30)
    gone, kept = received(hook, days=31), received(hook, days=29.5)
    ancient = received(hook, days=200)
    for delivery in (gone, kept, ancient):
        Quarantined.objects.create(delivery=delivery, place=0, why="unused")
    assert [one.day for one in partitions.drop_old(TODAY)] == [TODAY - timedelta(days=31)]
    assert list(Delivery.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(Quarantined.objects.values_list("delivery_id", flat=True)) == [kept.pk]
    assert partitions.drop_old(TODAY) == []


def test_the_chores_do_it(hook: Hook) -> None:
    make(31, 5)
    received(hook, days=31), received(hook, days=5)
    tasks.keep_days()
    tasks.remove_bodies()
    assert [one.body for one in Delivery.objects.all()] == [None]
    assert {TODAY + timedelta(days=number) for number in range(8)} <= {one.day for one in partitions.days()}
