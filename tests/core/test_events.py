"""The door for news: `within` stands or falls with the publisher, `after` only with the commit, and never raises."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from apps import tenants
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import events
from apps.core.events import Event, after, publish, subscriptions, within
from apps.tenants.models import Workspace

Commit = Callable[..., AbstractContextManager[list[Any]]]


@dataclass(frozen=True)
class Happened(Event):
    """Something that only these tests know."""

    number: int


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Subscriptions of these tests end with them."""
    yield
    for registry in (events._within, events._after):
        registry.pop(Happened, None)


def test_within_runs_at_once_and_in_the_order_of_subscribing(workspace: Workspace) -> None:
    seen: list[str] = []
    within(Happened)(lambda event: seen.append(f"first {event.number}"))
    within(Happened)(lambda event: seen.append(f"second {event.number}"))
    publish(Happened(7))
    assert seen == ["first 7", "second 7"]


def test_an_error_within_fails_the_publisher_and_all_it_wrote(workspace: Workspace) -> None:
    @within(Happened)
    def refuse(event: Happened) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), transaction.atomic():
        create_bot("Ada", business="Acme")
        publish(Happened(1))
    assert Bot.objects.count() == 0


def test_what_within_wrote_goes_with_the_publishers_transaction(workspace: Workspace) -> None:
    within(Happened)(lambda event: create_bot("Subscriber's", business="Acme") and None)
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(Happened(1))
        assert Bot.objects.count() == 1
        raise RuntimeError
    assert Bot.objects.count() == 0


def test_after_waits_for_the_commit(workspace: Workspace, django_capture_on_commit_callbacks: Commit) -> None:
    seen: list[int] = []
    after(Happened)(lambda event: seen.append(event.number))
    with django_capture_on_commit_callbacks(execute=True):
        publish(Happened(1))
        assert seen == []
    assert seen == [1]


def test_after_hears_nothing_of_what_was_rolled_back(
    workspace: Workspace, django_capture_on_commit_callbacks: Commit
) -> None:
    seen: list[int] = []
    after(Happened)(lambda event: seen.append(event.number))
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError), transaction.atomic():
            publish(Happened(1))
            raise RuntimeError
        publish(Happened(2))
    assert seen == [2]


def test_an_error_after_the_commit_reaches_neither_publisher_nor_neighbours(
    workspace: Workspace, django_capture_on_commit_callbacks: Commit, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    @after(Happened)
    def fail(event: Happened) -> None:
        raise ValueError("push failed")

    after(Happened)(lambda event: seen.append(event.number))
    with django_capture_on_commit_callbacks(execute=True):
        publish(Happened(1))
    assert seen == [1]
    assert [record.getMessage() for record in caplog.records] == ["A subscriber of Happened failed after the commit"]


def test_after_runs_in_the_publishers_workspace_whatever_is_entered_at_the_commit(
    workspace: Workspace, other: Workspace, django_capture_on_commit_callbacks: Commit
) -> None:
    seen: list[tuple[int, str]] = []
    after(Happened)(lambda event: seen.append((event.number, tenants.schema())))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        publish(Happened(1))
        with tenants.enter(other):
            publish(Happened(2))
        with tenants.enter(None):
            publish(Happened(3))
    assert seen == [(1, workspace.schema_name), (2, other.schema_name), (3, "public")]
    assert connection.schema_name == workspace.schema_name


def test_nobody_need_listen(workspace: Workspace, django_capture_on_commit_callbacks: Commit) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        publish(Happened(1))
    assert callbacks == []


def test_an_event_is_of_ids_and_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Happened(1).number = 2  # type: ignore[misc]


def test_the_table_of_subscriptions_names_who_hears_what() -> None:
    table = subscriptions()
    assert table["apps.conversations.events.MessagesReceived"] == [
        "within:apps.dialogue.subscribers.make_due",
        "after:apps.conversations.subscribers.push_received",
        "after:apps.dialogue.subscribers.look_after_received",
    ]
    assert all(
        subscriber.split(":")[0] in ("within", "after") for subscribers in table.values() for subscriber in subscribers
    )
