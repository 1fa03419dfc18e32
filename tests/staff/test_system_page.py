"""The page System: how every part stands, what is wrong and what is over, and the last day in graphs."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.staff import system
from apps.tenants.models import Workspace
from apps.watch import graphs, plots
from apps.watch.models import Alert, Conversed, OpenSend, Span
from apps.work.models import Pulse, WorkItem


@pytest.fixture(autouse=True)
def redis(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Redis answers unless told otherwise; nothing else is there."""

    def answer(rings: bool) -> None:
        async def answers(url: str, seconds: float) -> bool:
            return rings

        monkeypatch.setattr(system.doorbell, "answers", answers)

    answer(True)
    return answer


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    WorkItem.objects.all().delete()
    Pulse.objects.all().delete()
    now = timezone.now()
    for queue, hands in (("relay", 0), ("chat", 100), ("default", 2)):
        Pulse.objects.create(process=queue, queue=queue, hands=hands, seen_at=now)


def shown(staff: Client) -> str:
    """The page's words."""
    answer = staff.get("/admin/system/")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_installation_at_rest_says_so(staff: Client) -> None:
    page = shown(staff)
    assert "Everything works" in page
    assert page.count("heartbeat just now") == 3
    assert "1 process with 100 hands." in page
    assert "No webhook has come in since it was started." in page
    assert "Nothing is due, in hand or set aside." in page
    assert "Nothing has gone wrong in the last three months." in page
    assert "No webhook was read in the last 24 hours." in page
    assert page.count("Nothing was counted in the last 24 hours.") == 3
    assert "No synthetic conversation was held in the last 24 hours." in page


def test_what_is_wrong_stands_on_top_with_what_to_do(staff: Client, workspace: Workspace) -> None:
    Alert.objects.create(rule="work_aside", subject="a.kind", facts={"count": 2}, times_told=1)
    old = timezone.now() - timedelta(hours=3)
    over = Alert.objects.create(rule="process_missing", subject="relay", facts={"seconds": 31}, raised_at=old)
    Alert.objects.filter(pk=over.pk).update(cleared_at=old + timedelta(minutes=4))
    WorkItem.objects.create(workspace=workspace, kind="a.kind", key="1", quarantined_at=timezone.now())
    page = shown(staff)
    assert "1 alert " in page and "Everything works" not in page
    assert "Work of the kind a.kind was set aside 2 pieces of work failed five times. Read its error" in page
    assert "Told once." in page
    assert re.search(r"Alerts that are over .* No process “relay” shows life .* 4 minutes it was over first", page)
    assert "a.kind 0 – 0 1" in page


def test_missing_parts_are_named(staff: Client, redis: Callable[[bool], None]) -> None:
    redis(False)
    Pulse.objects.filter(queue="relay").delete()
    Pulse.objects.filter(queue="chat").update(seen_at=timezone.now() - timedelta(seconds=45))
    page = shown(staff)
    assert "Something is slower than usual" in page
    assert "Redis no answer The relay works what is due itself" in page
    assert "relay missing Nothing is answered or sent." in page
    assert "worker-chat silent for 45 s The relay does its work, slower." in page


def test_figures_are_those_of_the_rows(staff: Client, workspace: Workspace) -> None:
    now = timezone.now()
    for key, age in (("1", 5), ("2", 70)):
        WorkItem.objects.create(workspace=workspace, kind="a.kind", key=key, due_at=now - timedelta(seconds=age))
    for number, state in enumerate(("pending", "pending", "unknown")):
        OpenSend.objects.create(workspace=workspace, message_id=number, state=state, at=now - timedelta(minutes=3))
    page = shown(staff)
    assert "Oldest due 70 s 2 wait, 0 in hand" in page
    assert "Messages waiting to be sent 2 the oldest for 3 min" in page
    assert "Messages of unknown fate 1 the oldest for 3 min" in page
    assert "Messages not confirmed 0 none" in page


def test_graphs_and_tables_show_the_last_day(staff: Client) -> None:
    now = timezone.now()
    for hours, label, count in ((0.2, "processed", 1200), (2, "processed", 7), (2, "failed", 3), (30, "processed", 9)):
        Span.objects.create(
            name="deliveries", label=label, at=now - timedelta(hours=hours), count=count, total=0, buckets=[]
        )
    for hours in (0.2, 3):
        Span.objects.create(
            name="turn_seconds", at=now - timedelta(hours=hours), count=4, total=12, buckets=[0, 0, 2, 2, *[0] * 8]
        )
    asked = now - timedelta(hours=1)
    Conversed.objects.create(visitor="a", asked_at=asked, sent_at=asked + timedelta(seconds=1.5), ok=True)
    Conversed.objects.create(visitor="b", asked_at=asked - timedelta(hours=2), ok=False, problem="not_sent")
    page = shown(staff)
    assert "Processed 1,207" in page and re.search(r"Failed, set aside 3\b", page)
    assert "Decision 4 2.0 s 2.9 s 8 2.0 s 2.9 s" in page
    webhooks, turns, sends, synthetic = graphs.graphs(now)
    assert [round(bar.height) for bar in webhooks.bars] == [2, 96, 2]  # never too small to be seen
    assert [bar.tone for bar in webhooks.bars] == ["main", "main", "bad"]
    assert (webhooks.top, turns.top, synthetic.top) == ("2,000", "5.0 s", "2.0 s")
    assert [len(line.parts) for line in turns.lines] == [2, 2]  # a gap is a gap
    assert sends.is_empty
    assert [(bar.tone, bar.title.partition(": ")[2]) for bar in synthetic.bars] == [
        ("main", "1.5 s"),
        ("bad", "no answer in time"),
    ]


def test_the_page_takes_few_queries(staff: Client, django_assert_max_num_queries: Any) -> None:
    staff.get("/admin/system/")
    with django_assert_max_num_queries(45):
        staff.get("/admin/system/")


@pytest.mark.parametrize("visitor", ["nobody", "member"])
def test_others_see_nothing(visitor: str, client_for: Callable[..., Client]) -> None:
    client = Client() if visitor == "nobody" else client_for("viewer")
    assert client.get("/admin/system/").status_code == (302 if visitor == "nobody" else 404)


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0004, "0 ms"), (0.25, "250 ms"), (1, "1.0 s"), (9.96, "10.0 s"), (61, "61 s"), (150, "2 min"), (9000, "2 h")],
)
def test_durations_have_units(value: float, words: str) -> None:
    assert plots.seconds(value) == words


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.03, 0.05), (1, 1), (3, 5), (17, 20), (501, 1000)])
def test_axes_end_at_round_numbers(value: float, top: float) -> None:
    assert plots.round_up(value) == pytest.approx(top)
