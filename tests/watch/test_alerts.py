"""Alerts: raised once, told once, told again after hours, and told when they are over; to the right people."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.inboxes.models import Inbox
from apps.inboxes.services import mark_broken, mark_working, reconnect
from apps.ingest.models import Delivery, Quarantined
from apps.notices.models import Notice
from apps.tenants.models import Hook, Workspace
from apps.watch import alerting, rules, telling
from apps.watch.facts import facts
from apps.watch.models import Alert, BrokenInbox, Conversed, Span
from apps.work import pulse
from apps.work.models import Pulse, WorkItem

OPERATOR = "ops@leadline.example"


@pytest.fixture(autouse=True)
def _quiet(db: None, settings: Any) -> Iterator[None]:
    """An installation in which nothing is wrong, seen from outside every workspace."""
    settings.ALERT_EMAILS, settings.ADMIN_EMAILS = [OPERATOR], ["admin@leadline.example"]
    WorkItem.objects.all().delete()
    Pulse.objects.all().delete()
    for queue in rules.NEEDED:
        Pulse.objects.create(process=queue, queue=queue, hands=1, seen_at=timezone.now())
    with tenants.enter(None):
        yield


def look() -> list[tuple[str, str]]:
    """One look; what is open afterwards."""
    alerting.look(rules.RULES, facts())
    return [(alert.rule, alert.subject) for alert in Alert.objects.filter(cleared_at=None).order_by("pk")]


def tell() -> list[str]:
    """The subjects of the e-mails that telling sends."""
    mail.outbox.clear()
    telling.tell()
    return [message.subject for message in mail.outbox]


def wait(seconds: float) -> None:
    """Moves all that alerts remember into the past."""
    with connection.cursor() as cursor:
        for field in ("raised_at", "seen_at", "told_at", "cleared_at"):
            moved = f"UPDATE watch_alert SET {field} = {field} - make_interval(secs => %s)"  # noqa: S608  # our fields
            cursor.execute(moved, [seconds])


def late(workspace: Workspace, seconds: float) -> WorkItem:
    at = timezone.now() - timedelta(seconds=seconds)
    return WorkItem.objects.create(workspace=workspace, kind="a.kind", key="1", due_at=at)


def test_nothing_is_told_while_all_is_well() -> None:
    assert look() == []
    assert tell() == []


def test_work_that_waits_is_told_once_again_and_when_it_is_over(workspace: Workspace) -> None:
    item = late(workspace, 61)
    assert look() == look() == [("work_waits", "a.kind")]
    (told,) = tell()
    assert re.fullmatch(r"\[Leadline\] a\.kind waits for hands since 6\d s", told)
    assert mail.outbox[0].to == [OPERATOR]
    body = mail.outbox[0].body
    assert "1 piece of work is due." in body
    assert "What to do: See whether the workers live" in body
    assert "http://127.0.0.1:8000/admin/work/workitem/?state=due" in body
    assert tell() == []
    wait(6 * 3600 - 5)
    look()
    assert tell() == []
    wait(10)
    look()
    assert len(tell()) == 1
    assert "You were told before; it lasts." in mail.outbox[0].body
    item.delete()
    assert look() == [("work_waits", "a.kind")]  # it may come back at once
    wait(61)
    assert look() == []
    (told,) = tell()
    assert re.fullmatch(r"\[Leadline\] Over: a\.kind waits for hands since 6\d s", told)
    assert "It lasted from" in mail.outbox[0].body
    assert tell() == []
    assert Alert.objects.count() == 1


def test_what_was_over_before_anybody_was_told_is_never_told(workspace: Workspace) -> None:
    item = late(workspace, 70)
    look()
    item.delete()
    wait(61)
    assert look() == []
    assert tell() == []


def test_what_comes_back_is_a_new_alert(workspace: Workspace) -> None:
    item = late(workspace, 70)
    look()
    item.delete()
    wait(61)
    look()
    late(workspace, 70)
    look()
    assert Alert.objects.count() == 2


@pytest.mark.parametrize(("seconds", "found"), [(59, []), (61, [("work_waits", "a.kind")])])
def test_the_threshold_is_a_minute(workspace: Workspace, seconds: float, found: list[Any]) -> None:
    late(workspace, seconds)
    assert look() == found


def test_work_in_hand_or_asleep_does_not_wait(workspace: Workspace) -> None:
    item = late(workspace, 500)
    WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    assert look() == []
    WorkItem.objects.filter(pk=item.pk).update(lease_until=None, error="The workspace is not working.")
    assert look() == []


def test_a_missing_process_is_told_by_its_name() -> None:
    Pulse.objects.filter(queue="chat").delete()
    Pulse.objects.filter(queue="relay").update(seen_at=timezone.now() - timedelta(seconds=31))
    assert look() == [("process_missing", "relay"), ("process_missing", "chat")]
    assert tell() == []
    Alert.objects.update(raised_at=timezone.now() - timedelta(seconds=31))
    look()
    assert tell() == ["[Leadline] No process “relay” shows life, and 1 more"]
    assert "No process “worker-chat” shows life\nThe relay does its work, slower." in mail.outbox[0].body


def test_a_process_that_is_started_anew_is_no_trouble() -> None:
    Pulse.objects.filter(queue="chat").delete()
    assert look() == [("process_missing", "chat")]
    pulse.beat("vm.2", "chat", 100)
    wait(61)
    assert (look(), tell()) == ([], [])
    assert Alert.objects.get().told_at is None


def test_what_was_set_aside_is_told(workspace: Workspace, hook: Hook) -> None:
    WorkItem.objects.create(workspace=workspace, kind="a.kind", key="1", quarantined_at=timezone.now())
    delivery = Delivery.objects.create(hook=hook, body=b"{}", state="processed")
    for place, why in enumerate(("failed", "unused", *["unknown_route"] * 19)):
        Quarantined.objects.create(delivery=delivery, place=place, why=why)
    assert look() == [("work_aside", "a.kind"), ("quarantine", "failed")]
    Quarantined.objects.create(delivery=delivery, place=50, why="unknown_route")
    assert ("quarantine", "unknown_route") in look()
    Quarantined.objects.filter(why="failed").update(dismissed_at=timezone.now())
    wait(61)
    assert ("quarantine", "failed") not in look()


def test_a_broken_inbox_is_told_to_operators_with_its_name(workspace: Workspace, inbox: Inbox) -> None:
    with tenants.enter(workspace):
        mark_broken(inbox, "The token has expired.")
    subject = f"{workspace.pk}:{inbox.pk}"
    assert look() == [("inbox_broken", subject)]
    assert tell() == ["[Leadline] “Acme on WhatsApp” of Acme Cycles stopped working"]
    assert f"/admin/tenants/workspace/{workspace.pk}/" in mail.outbox[0].body
    with tenants.enter(workspace):
        reconnect(inbox, token="new")
    assert not BrokenInbox.objects.exists()
    wait(61)
    assert look() == []
    assert tell() == ["[Leadline] Over: “Acme on WhatsApp” of Acme Cycles stopped working"]


def test_an_inbox_that_works_again_by_itself_is_over(workspace: Workspace, inbox: Inbox) -> None:
    with tenants.enter(workspace):
        mark_broken(inbox, "Limited.")
        mark_working(inbox)
    assert look() == []


def test_a_number_that_is_limited_for_long_is_told_to_its_managers(
    workspace: Workspace, inbox: Inbox, member: Callable[..., Membership]
) -> None:
    owner, vendor = member(Role.OWNER).user, member(Role.VENDOR).user
    minute = timezone.now().replace(second=0, microsecond=0)
    label = f"{workspace.pk}:{inbox.pk}"
    for number in range(9):
        Span.objects.create(
            name="throttled", label=label, at=minute - timedelta(minutes=number), count=5, total=0, buckets=[]
        )
    assert look() == []
    Span.objects.create(name="throttled", label=label, at=minute - timedelta(minutes=10), count=1, total=0, buckets=[])
    assert look() == [("inbox_throttled", label)]
    for _ in range(2):
        telling.tell()
    with tenants.enter(workspace):
        told = [(notice.user_id, notice.kind, notice.read_at) for notice in Notice.objects.all()]
    assert told == [(owner.pk, "inbox_throttled", None)]
    assert vendor.pk != owner.pk
    Span.objects.all().delete()
    wait(301)
    assert look() == []
    telling.tell()
    with tenants.enter(workspace):
        assert Notice.objects.get().read_at is not None


def test_two_failures_in_a_row_are_told_and_one_is_not(settings: Any) -> None:
    settings.SYNTHETIC_SECONDS = 300
    now = timezone.now()
    Conversed.objects.create(visitor="a", asked_at=now - timedelta(seconds=700), ok=True)
    Conversed.objects.create(visitor="b", asked_at=now - timedelta(seconds=400), ok=False, problem="not_sent")
    assert look() == []
    Conversed.objects.create(visitor="c", asked_at=now - timedelta(seconds=100), ok=False, problem="not_decided")
    Conversed.objects.create(visitor="d", asked_at=now)  # under way
    assert look() == [("synthetic_fails", "")]
    assert tell() == ["[Leadline] A synthetic conversation failed twice in a row"]
    assert "The bot did not decide in time." in mail.outbox[0].body
    settings.SYNTHETIC_SECONDS = 0
    wait(61)
    assert look() == []


def test_a_mail_server_that_refuses_leaves_it_untold(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    late(workspace, 70)
    look()

    def refuse(*_: Any, **__: Any) -> int:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
        with pytest.raises(OSError):
            telling.tell()
    assert Alert.objects.get().told_at is None
    assert len(tell()) == 1


def test_without_a_name_for_alerts_those_who_run_it_are_told(workspace: Workspace, settings: Any) -> None:
    settings.ALERT_EMAILS = []
    late(workspace, 70)
    look()
    tell()
    assert mail.outbox[0].to == ["admin@leadline.example"]


def test_with_nobody_to_tell_the_log_has_it(
    workspace: Workspace, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ALERT_EMAILS = settings.ADMIN_EMAILS = []
    late(workspace, 70)
    look()
    assert tell() == []
    assert "work_waits a.kind is so since" in caplog.text
    assert Alert.objects.get().times_told == 1


def test_many_troubles_are_one_email(workspace: Workspace) -> None:
    at = timezone.now() - timedelta(seconds=100)
    for number in range(30):
        WorkItem.objects.create(workspace=workspace, kind=f"kind.{number:02}", key="1", due_at=at)
    look()
    assert len(tell()) == 1
    assert mail.outbox[0].body.count("What to do:") == telling.MOST
    assert len(tell()) == 1  # the rest
    assert tell() == []


def test_alerts_that_are_over_are_forgotten_after_three_months(workspace: Workspace) -> None:
    now = timezone.now()
    Alert.objects.create(rule="work_waits", subject="old", cleared_at=now - timedelta(days=91))
    Alert.objects.create(rule="work_waits", subject="open", raised_at=now - timedelta(days=200))
    alerting.forget_old(now)
    assert [alert.subject for alert in Alert.objects.all()] == ["open"]


def test_every_rule_has_words() -> None:
    for name in rules.BY_NAME:
        alert = Alert(rule=name, subject="x", facts={"inbox": 1, "count": 2, "seconds": 3, "hours": 4, "minutes": 5})
        words = telling.words_of(alert)
        assert words.title and words.text + words.todo and words.path.startswith("/admin/"), name
