"""Claiming: one holder at a time, fenced by a token, fair between workspaces, nothing lost on the way back."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.tenants.models import Workspace
from apps.work import claims
from apps.work.models import WorkItem
from apps.work.services import make_due

KIND = "test.claiming"


def claim(limit: int = 1, *, share: int = 20, lease: float = 30.0) -> list[claims.Claim]:
    return claims.claim(KIND, limit=limit, lease=lease, share=share)


def item(key: str = "1") -> WorkItem:
    return WorkItem.objects.get(kind=KIND, key=key)


def test_a_due_item_is_claimed_once(workspace: Workspace) -> None:
    make_due(KIND, "1")
    assert [found.key for found in claim()] == ["1"]
    assert claim() == []


def test_an_item_due_later_waits(workspace: Workspace) -> None:
    make_due(KIND, "1", at=timezone.now() + timedelta(seconds=60))
    assert claim() == []


def test_finishing_leaves_nothing_due(workspace: Workspace) -> None:
    make_due(KIND, "1")
    assert claims.finish(claim()[0])
    assert (item().due_at, item().lease_until, item().attempts) == (None, None, 0)


def test_what_became_due_during_the_work_is_kept(workspace: Workspace) -> None:
    make_due(KIND, "1")
    held = claim()[0]
    make_due(KIND, "1")
    claims.finish(held)
    assert item().due_at is not None
    assert [found.key for found in claim()] == ["1"]


def test_the_same_due_time_said_again_during_the_work_is_kept(workspace: Workspace) -> None:
    """As when a second message comes and the first, still unanswered, alone decides when the turn is due."""
    at = timezone.now() - timedelta(seconds=5)
    make_due(KIND, "1", at=at, exactly=True)
    held = claim()[0]
    for _ in range(2):
        make_due(KIND, "1", at=at, exactly=True)
    claims.finish(held)
    assert [found.key for found in claim()] == ["1"]


def test_a_stale_token_finishes_nothing(workspace: Workspace) -> None:
    make_due(KIND, "1")
    first = claim(lease=-1)[0]
    second = claim()[0]
    assert not claims.finish(first)
    assert not claims.hold(first)
    assert not claims.renew(first, 30)
    assert claims.hold(second)
    assert item().token == second.token > first.token


def test_a_claim_that_a_crash_of_postgres_took_along_gives_nobody_its_token(workspace: Workspace) -> None:
    """Claims do not wait for the disk: the row may be as it was before, while its holder still lives."""
    make_due(KIND, "1")
    before = WorkItem.objects.values("token", "attempts", "lease_until").get(kind=KIND, key="1")
    lost = claim()[0]
    WorkItem.objects.filter(kind=KIND, key="1").update(**before)
    second = claim()[0]
    assert second.token > lost.token
    assert (claims.hold(lost), claims.finish(lost), claims.hold(second)) == (False, False, True)


def test_an_expired_lease_is_claimed_again(workspace: Workspace) -> None:
    make_due(KIND, "1")
    claim(lease=-1)
    assert [found.attempts for found in claim()] == [2]


def test_items_that_died_together_are_worked_one_at_a_time_beside_others(workspace: Workspace) -> None:
    gone = timezone.now() - timedelta(seconds=5)
    for key in ("1", "2"):
        make_due(KIND, key, at=gone)
    WorkItem.objects.filter(kind=KIND).update(lease_until=gone, attempts=claims.DIED_TOGETHER)
    make_due(KIND, "fresh")
    first = claim()[0]
    assert [first.key, *(found.key for found in claim()), *claim()] == ["1", "fresh"]
    claims.finish(first)
    assert [found.key for found in claim()] == ["2"]


def test_a_failing_item_is_set_aside_after_five_tries_and_starts_anew_when_due_again(workspace: Workspace) -> None:
    make_due(KIND, "1")
    for attempt in range(1, claims.MAX_ATTEMPTS + 1):
        WorkItem.objects.filter(kind=KIND).update(due_at=timezone.now() - timedelta(seconds=1))
        held = claim()[0]
        assert held.attempts == attempt
        claims.fail(held, "ValueError")
    assert item().quarantined_at is not None
    assert (item().due_at, item().error) == (None, "ValueError")
    make_due(KIND, "1")
    assert [found.attempts for found in claim()] == [1]


def test_what_became_due_during_the_last_try_is_not_set_aside_with_it(workspace: Workspace) -> None:
    make_due(KIND, "1")
    WorkItem.objects.filter(kind=KIND).update(attempts=claims.MAX_ATTEMPTS - 1)
    held = claim()[0]
    make_due(KIND, "1")
    claims.fail(held, "ValueError")
    assert item().quarantined_at is None
    assert [found.attempts for found in claim()] == [1]


def test_postponing_keeps_an_earlier_due_time_set_meanwhile(workspace: Workspace) -> None:
    make_due(KIND, "1")
    held = claim()[0]
    make_due(KIND, "1")
    claims.postpone(held, 600)
    assert len(claim()) == 1


def test_failing_keeps_a_due_time_set_meanwhile(workspace: Workspace) -> None:
    """A customer who writes while a turn fails for the fourth time does not wait a minute for that."""
    make_due(KIND, "1")
    WorkItem.objects.filter(kind=KIND).update(attempts=claims.MAX_ATTEMPTS - 2)
    held = claim()[0]
    make_due(KIND, "1")
    claims.fail(held, "ValueError")
    assert [(found.key, found.attempts) for found in claim()] == [("1", claims.MAX_ATTEMPTS)]


def test_an_earlier_due_time_is_kept_unless_exactly(workspace: Workspace) -> None:
    soon, late = timezone.now() + timedelta(seconds=5), timezone.now() + timedelta(seconds=50)
    make_due(KIND, "1", at=soon)
    make_due(KIND, "1", at=late)
    assert item().due_at == soon
    make_due(KIND, "1", at=late, exactly=True)
    assert item().due_at == late


def test_a_busy_workspace_takes_no_more_than_its_share_and_the_other_comes_first(
    workspace: Workspace, other: Workspace
) -> None:
    for number in range(30):
        make_due(KIND, number)
    with tenants.enter(other):
        make_due(KIND, "mine")
    first = claim(limit=5, share=8)
    assert {found.workspace_id for found in first} == {workspace.pk, other.pk}
    rest = claim(limit=50, share=8)
    assert len(first) + len(rest) == 8 + 1
    assert claim(limit=50, share=8) == []


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Workspace]:
    """Rows that other connections see; removed afterwards."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with tenants.enter(Workspace.objects.get(slug="acme")):
            yield connection.tenant
        WorkItem.objects.filter(kind=KIND).delete()


def test_ten_claimers_at_once_share_a_hundred_items_without_overlap(committed: Workspace) -> None:
    for number in range(100):
        make_due(KIND, number)
    barrier, taken, lock = threading.Barrier(10), [], threading.Lock()

    def grab() -> None:
        barrier.wait()
        while found := claims.claim(KIND, limit=3, lease=30, share=1000):
            with lock:
                taken.extend(found)
        connection.close()

    threads = [threading.Thread(target=grab) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(int(found.key) for found in taken) == list(range(100))
