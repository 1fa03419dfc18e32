"""/metrics: behind its token, true to the rows, the same questions however many workspaces there are."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from apps import tenants
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.conversations.states import move
from apps.core import metrics
from apps.inboxes.models import Inbox
from apps.ingest.models import Delivery, Quarantined
from apps.providers.base import Failure, Trouble
from apps.tenants.models import Hook, Workspace
from apps.watch import exporting, tallies
from apps.watch.models import OpenSend, Span, Tally
from apps.work import claims
from apps.work.models import Pulse, WorkItem
from tests.conftest import inbound

TOKEN = "t0ken"
State = Message.State


@pytest.fixture(autouse=True)
def _outside(db: None) -> Iterator[None]:
    WorkItem.objects.all().delete()
    with tenants.enter(None):
        yield


def scrape() -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    found = {}
    for family in text_string_to_metric_families(exporting.page().decode()):
        for sample in family.samples:
            found[sample.name, *sample.labels.values()] = sample.value
    return found


def test_without_a_token_there_are_no_metrics(client: Client) -> None:
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer t0kén"])
def test_whoever_does_not_show_the_token_learns_nothing(client: Client, settings: Any, shown: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"authorization": shown} if shown else {})
    assert (answer.status_code, b"leadline_" in answer.content) == (401, False)


def test_the_token_opens_them(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert "no-store" in answer["Cache-Control"]
    assert b"# TYPE leadline_turn_seconds histogram" in answer.content


def test_a_database_that_is_away_is_said(client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.METRICS_TOKEN = TOKEN

    def away() -> bytes:
        raise DatabaseError("canary")

    monkeypatch.setattr(exporting, "page", away)
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, b"canary" in answer.content) == (503, False)


def test_what_waits_and_what_lives_is_read_from_the_rows(workspace: Workspace, hook: Hook) -> None:
    now = timezone.now()
    due = now - timedelta(seconds=40)
    for key in ("1", "2"):
        WorkItem.objects.create(workspace=workspace, kind="a.kind", key=key, due_at=due)
    WorkItem.objects.create(
        workspace=workspace, kind="a.kind", key="held", due_at=due, lease_until=now + timedelta(minutes=1)
    )
    WorkItem.objects.create(workspace=workspace, kind="a.kind", key="later", due_at=now + timedelta(hours=1))
    WorkItem.objects.create(workspace=workspace, kind="b.kind", key="aside", quarantined_at=now)
    delivery = Delivery.objects.create(hook=hook, body=b"{}", received_at=now - timedelta(seconds=90))
    Quarantined.objects.create(delivery=delivery, place=0, why="failed")
    Quarantined.objects.create(delivery=delivery, place=1, why="failed", dismissed_at=now)
    Pulse.objects.all().delete()
    Pulse.objects.create(process="one", queue="chat", hands=100, seen_at=now)
    Pulse.objects.create(process="dead", queue="chat", hands=100, seen_at=now - timedelta(seconds=20))
    found = scrape()
    assert found["leadline_due_items", "a.kind"] == 2
    assert 40 <= found["leadline_due_oldest_seconds", "a.kind"] < 60
    assert found["leadline_held_items", "a.kind"] == 1
    assert found["leadline_due_items", "ingest.process"] == 1
    assert 90 <= found["leadline_due_oldest_seconds", "ingest.process"] < 110
    assert found["leadline_aside_items", "b.kind"] == 1
    assert found["leadline_quarantined_items", "failed"] == 1
    assert (found["leadline_processes", "chat"], found["leadline_hands", "chat"]) == (1, 100)
    assert found["leadline_heartbeat_age_seconds", "chat"] < 20


def test_a_message_is_open_until_it_is_settled(
    workspace: Workspace, inbox: Inbox, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with tenants.enter(workspace), django_capture_on_commit_callbacks(execute=True):
        conversation = Conversation.objects.get(pk=conversations.receive(inbox, inbound()).conversation_id)
        first, second = (
            conversations.queue(conversation, text=text, author=Message.Author.BOT)[0] for text in ("One", "Two")
        )
    assert scrape()["leadline_open_messages", "pending"] == 2
    OpenSend.objects.filter(message_id=first.pk).update(
        since=timezone.now() - timedelta(seconds=4), at=timezone.now() - timedelta(seconds=4)
    )
    with tenants.enter(workspace), django_capture_on_commit_callbacks(execute=True):
        assert move(first, State.SENDING)
        assert move(second, State.SENDING) and move(second, State.UNKNOWN)
    found = scrape()
    assert (found["leadline_open_messages", "pending"], found["leadline_open_messages", "unknown"]) == (1, 1)
    assert found["leadline_open_oldest_seconds", "pending"] >= 4 > found["leadline_open_oldest_seconds", "unknown"]
    with tenants.enter(workspace), django_capture_on_commit_callbacks(execute=True):
        assert move(first, State.SENT) and move(first, State.DELIVERED)
        assert move(second, State.UNCONFIRMED)
    metrics.flush()
    found = scrape()
    assert [found["leadline_open_messages", state] for state in ("pending", "unknown", "unconfirmed")] == [0, 0, 1]
    assert found["leadline_send_seconds_count",] == 1
    assert 4 <= found["leadline_send_seconds_sum",] < 20
    assert found["leadline_messages_total", "sent"] == 1
    assert found["leadline_messages_total", "unknown"] == 1


def test_a_message_that_came_twice_is_counted_once_more(workspace: Workspace, inbox: Inbox) -> None:
    assert scrape()["leadline_duplicates_suppressed_total",] == 0
    said = inbound()
    with tenants.enter(workspace):
        for _ in range(3):
            conversations.receive(inbox, said)
        assert Message.objects.count() == 1
    metrics.flush()
    assert scrape()["leadline_duplicates_suppressed_total",] == 2


def test_work_of_dead_hands_is_counted_when_it_is_taken_over(workspace: Workspace) -> None:
    past = timezone.now() - timedelta(minutes=1)
    WorkItem.objects.create(workspace=workspace, kind="a.kind", key="dead", due_at=past, lease_until=past)
    WorkItem.objects.create(workspace=workspace, kind="a.kind", key="free", due_at=past)
    assert len(claims.claim("a.kind", limit=5, lease=30, share=5)) == 2
    metrics.flush()
    assert scrape()["leadline_lease_steals_total", "a.kind"] == 1


def test_refusals_of_a_number_are_told_apart(workspace: Workspace, inbox: Inbox) -> None:
    with tenants.enter(workspace):
        for _ in range(2):
            conversations.pausing.refused(inbox, Failure(Trouble.THROTTLED))
    metrics.flush()
    found = scrape()
    assert found["leadline_refusals_total", "throttled"] == 2
    assert found["leadline_inbox_throttled_last_hour", str(inbox.pk), str(workspace.pk)] == 2
    assert not Tally.objects.filter(name="throttled").exists()


def test_processes_add_up_and_buckets_are_cumulated() -> None:
    for seconds in (0.2, 0.2, 4.0):
        metrics.observe("turn_seconds", seconds)
    metrics.flush()
    metrics.observe("turn_seconds", 4000.0)  # another process, or the same later
    metrics.flush()
    found = scrape()
    buckets = {
        le: value
        for (name, le), value in ((key, value) for key, value in found.items() if len(key) == 2)
        if name == "leadline_turn_seconds_bucket"
    }
    assert (buckets["0.5"], buckets["3.0"], buckets["5.0"], buckets["1800.0"], buckets["+Inf"]) == (2, 2, 3, 3, 4)
    assert found["leadline_turn_seconds_sum",] == pytest.approx(4004.4)
    minute = Span.objects.filter(name="turn_seconds")
    assert sum(minute.values_list("count", flat=True)) == 4


def test_what_could_not_be_written_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(cells: metrics.Cells) -> None:
        raise DatabaseError

    metrics.count("turns", "answered")
    with monkeypatch.context() as patch:
        patch.setattr(metrics, "_writers", [away])
        with pytest.raises(DatabaseError):
            metrics.flush()
    assert Tally.objects.count() == 0
    metrics.count("turns", "answered")
    metrics.flush()
    assert Tally.objects.get(name="turns", label="answered").count == 2


def test_memory_is_bounded_while_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST_CELLS", 3)
    for number in range(10):
        metrics.count("inbound", f"1:{number}")
        metrics.count("inbound", "1:0")
    metrics.flush()
    assert dict(Span.objects.values_list("label", "count")) == {"1:0": 11, "1:1": 1, "1:2": 1}


def test_more_workspaces_cost_no_more_questions(workspace: Workspace, other: Workspace) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            exporting.page()
        return len(queries)

    asked()  # the first also sets the connection's search path
    one = asked()
    for owner in (workspace, other):
        for key in range(5):
            WorkItem.objects.create(workspace=owner, kind=f"kind.{key}", key=str(key), due_at=timezone.now())
            OpenSend.objects.create(workspace=owner, message_id=key, state="pending")
    assert asked() == one
    assert one < 25


def test_spans_are_forgotten_and_sums_are_not() -> None:
    now = timezone.now()
    for days, name in ((1, "turns"), (9, "turns"), (9, "inbound"), (36, "inbound")):
        Span.objects.create(name=name, at=now - timedelta(days=days), count=1, total=0, buckets=[])
    Tally.objects.create(name="turns", count=2, total=0, buckets=[])
    tallies.forget_old(now)
    assert sorted(Span.objects.values_list("name", flat=True)) == ["inbound", "turns"]
    assert Tally.objects.count() == 1


def test_quantiles_lie_within_their_bucket() -> None:
    rows = [(4, 10.0, [0, 0, 2, 2, *[0] * 8])]
    found = tallies.summed("turn_seconds", rows)
    assert (found.count, found.mean, found.half) == (4, 2.5, 2.0)
    assert found.most == pytest.approx(2.9)
    assert tallies.summed("turn_seconds", []) == tallies.Summary(0, 0.0, 0.0, 0.0)
