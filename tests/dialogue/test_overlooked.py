"""What nobody would work is found again: a customer without a turn, a message without a send."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.conversations.models import Conversation, Message
from apps.conversations.states import DELIVER
from apps.core import metrics
from apps.dialogue import overlooked, services
from apps.tenants.models import Workspace
from apps.work import chores, claims, kinds
from apps.work.models import WorkItem
from tests.conversations.sending import say
from tests.dialogue.turns import take_turn

Receive = Callable[..., Message]


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, int]]]:
    """What was counted as overlooked. The process has scheduled nothing yet."""
    monkeypatch.setattr(overlooked, "is_time", chores.is_time)
    chores._scheduled.clear()
    found: list[tuple[str, int]] = []
    real = metrics.count

    def count(name: str, label: object = "", *, by: int = 1) -> None:
        if name == "overlooked":
            found.append((str(label), by))
        real(name, label, by=by)

    monkeypatch.setattr(metrics, "count", count)
    yield found
    chores._scheduled.clear()


def work() -> WorkItem | None:
    """The look that is due is done; its item afterwards."""
    WorkItem.objects.filter(kind=overlooked.LOOK).update(due_at=timezone.now() - timedelta(seconds=1))
    kinds.get(overlooked.LOOK).work(1.0)
    return WorkItem.objects.filter(kind=overlooked.LOOK).first()


def grow_old() -> None:
    """Everything was written an hour ago."""
    Message.objects.update(created_at=timezone.now() - timedelta(hours=1))


def due(kind: str) -> bool:
    return WorkItem.objects.filter(kind=kind, due_at__isnull=False).exists()


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Does something as if it were committed."""

    def run(what: Callable[..., Any], *about: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return what(*about)

    return run


def test_a_turn_deleted_by_hand_is_found_again(
    receive: Receive, committed: Callable[..., Any], counted: list[tuple[str, int]]
) -> None:
    committed(receive, "When do you open?")
    WorkItem.objects.filter(kind=services.TAKE_TURNS).delete()
    grow_old()
    work()
    assert due(services.TAKE_TURNS)
    assert counted == [(services.TAKE_TURNS, 1)]
    work()
    assert counted == [(services.TAKE_TURNS, 1)]


@pytest.mark.parametrize("state", ["pending", "sending", "unknown"])
def test_a_send_that_is_not_due_is_found_again(
    receive: Receive, committed: Callable[..., Any], counted: list[tuple[str, int]], state: str
) -> None:
    receive("Hi")
    take_turn()
    committed(say, Conversation.objects.get(), "More")
    Message.objects.filter(direction="out").update(state=state)
    WorkItem.objects.filter(kind=DELIVER).update(due_at=None)
    grow_old()
    work()
    assert (due(DELIVER), counted) == (True, [(DELIVER, 1)])


def test_what_is_set_aside_in_hand_due_or_young_is_left_alone(
    receive: Receive, committed: Callable[..., Any], counted: list[tuple[str, int]]
) -> None:
    committed(receive, "When do you open?")
    mine = WorkItem.objects.filter(kind=services.TAKE_TURNS)
    mine.update(due_at=None)
    work()
    assert not due(services.TAKE_TURNS)  # a moment old
    grow_old()
    mine.update(quarantined_at=timezone.now(), error="ValueError")
    work()
    assert mine.filter(due_at=None, quarantined_at__isnull=False).exists()
    soon = timezone.now() + timedelta(minutes=4)
    mine.update(quarantined_at=None, due_at=soon)
    work()
    assert mine.get().due_at == soon
    mine.update(due_at=timezone.now() - timedelta(seconds=1))
    (held,) = claims.claim(services.TAKE_TURNS, lease=30, share=1)
    work()
    assert claims.finish(held)
    assert (due(services.TAKE_TURNS), counted) == (False, [])


def test_it_looks_again_while_something_is_open_and_then_no_more(
    receive: Receive, committed: Callable[..., Any]
) -> None:
    committed(receive, "When do you open?")
    grow_old()
    item = work()
    assert item is not None and item.due_at is not None
    assert (item.due_at - timezone.now()).total_seconds() == pytest.approx(overlooked.LOOK_SECONDS, abs=5)
    take_turn()
    Message.objects.filter(direction="out").update(state="delivered")
    item = work()
    assert item is not None and item.due_at is not None  # something happened a moment ago
    grow_old()
    item = work()
    assert item is not None and item.due_at is None


def test_a_workspace_in_which_nothing_happens_costs_nothing(
    receive: Receive, committed: Callable[..., Any], workspace: Workspace
) -> None:
    assert not WorkItem.objects.filter(kind=overlooked.LOOK).exists()
    committed(receive, "When do you open?")
    assert WorkItem.objects.filter(kind=overlooked.LOOK, workspace=workspace).count() == 1
    with CaptureQueriesContext(connection) as queries:
        committed(receive, "And on Sundays?")
    assert not [one for one in queries.captured_queries if overlooked.LOOK in one["sql"]]
