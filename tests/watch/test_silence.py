"""Silent numbers: told when chance does not explain it, never at night, never of a number that is always quiet."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from apps import tenants
from apps.inboxes.models import Inbox
from apps.tenants.models import Workspace
from apps.watch import alerting, rules
from apps.watch.facts import facts
from apps.watch.models import Alert, Span
from apps.watch.silence import HOUR, hours_silent

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)  # in winter, when London's clock is UTC


def shop(days: int = 28, *, opens: int = 9, closes: int = 18, weekend: bool = False) -> list[datetime]:
    """Something comes in at each hour in which the shop is open, for so many days from a Monday on."""
    return [
        MONDAY + timedelta(days=day, hours=hour)
        for day in range(days)
        for hour in range(opens, closes)
        if weekend or day % 7 < 5
    ]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def test_a_busy_number_that_falls_silent_in_the_morning_is_noticed_by_noon() -> None:
    busy = [hour for hour in shop(29) if hour < at(28, 10)]  # the last was on the fifth Monday at nine
    assert hours_silent(busy, at(28, 12, 59), LONDON) is None
    assert hours_silent(busy, at(28, 13, 5), LONDON) == 3


def test_nights_and_weekends_alarm_nobody() -> None:
    busy = shop(26)  # up to Friday
    for hours in range(18, 24):
        assert hours_silent(busy, at(25, hours), LONDON) is None
    for day, hour in ((26, 12), (27, 12), (27, 23), (28, 8), (28, 9), (28, 10), (28, 11)):
        assert hours_silent(busy, at(day, hour), LONDON) is None
    assert hours_silent(busy, at(28, 13), LONDON) == 67


def test_the_business_own_clock_counts() -> None:
    zone = ZoneInfo("America/Sao_Paulo")  # three hours behind
    busy = [hour + 3 * HOUR for hour in shop(26, opens=9, closes=22, weekend=True)]
    assert busy[-1] == at(26, 0)  # nine in the evening there
    assert hours_silent(busy, at(26, 11), zone) is None
    assert hours_silent(busy, at(26, 16), zone) is not None


def test_a_number_with_a_few_messages_a_day_needs_days() -> None:
    few = [at(day, 9 + (day * 5) % 9) for day in range(28)] + [at(day, 9 + (day * 5 + 4) % 9) for day in range(28)]
    busy = sorted(set(few))
    assert hours_silent(busy, at(28, 18), LONDON) is None
    assert hours_silent(busy, at(32, 18), LONDON) is not None


def test_what_was_as_silent_before_is_no_news() -> None:
    busy = [hour for hour in shop(33) if not at(14, 0) <= hour < at(17, 0) and hour < at(29, 10)]
    assert hours_silent(busy, at(30, 18), LONDON) is None  # two days; it once was three
    assert hours_silent(busy, at(36, 18), LONDON) is not None


@pytest.mark.parametrize("busy", [[], [at(0, 9)], shop(12), [at(day, 9) for day in range(29)]])
def test_too_little_history_says_nothing(busy: list[datetime]) -> None:
    assert hours_silent(busy, at(60, 12), LONDON) is None


@pytest.fixture
def silent(workspace: Workspace, inbox: Inbox) -> str:
    """Busy every hour of four weeks, up to eight hours ago."""
    label, now = f"{workspace.pk}:{inbox.pk}", timezone.now().replace(minute=0, second=0, microsecond=0)
    hours = [now - number * HOUR for number in range(8, 27 * 24)]
    Span.objects.bulk_create(Span(name="inbound", label=label, at=at, count=3, total=0, buckets=[]) for at in hours)
    return label


def look() -> list[tuple[str, str, object]]:
    with tenants.enter(None):
        alerting.look(rules.SLOW_RULES, facts())
        return [
            (alert.rule, alert.subject, alert.facts.get("hours")) for alert in Alert.objects.filter(cleared_at=None)
        ]


def test_a_silent_number_is_raised_and_is_over_with_its_next_message(silent: str) -> None:
    assert look() == [("inbox_silent", silent, 7)]
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    Span.objects.create(name="inbound", label=silent, at=now, count=1, total=0, buckets=[])
    assert look() == []


@pytest.mark.parametrize("fields", [{"hidden": True}, {"state": Inbox.State.DISCONNECTED}])
def test_a_number_that_may_be_silent_is_left_alone(silent: str, inbox: Inbox, fields: dict[str, object]) -> None:
    Inbox.objects.filter(pk=inbox.pk).update(**fields)
    assert look() == []


def test_a_suspended_workspace_is_left_alone(silent: str, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(state=Workspace.State.SUSPENDED)
    assert look() == []
