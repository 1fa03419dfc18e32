"""Since when we hear the vendors: every gap in an intake's signs of life begins the time anew."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from apps.ingest.models import Delivery
from apps.tenants.models import Hook
from apps.work import hearing, pulse
from apps.work.hearing import INTAKE
from apps.work.models import Pulse
from tests.clocks import Ago


@pytest.fixture(autouse=True)
def _nobody(db: None) -> None:
    Pulse.objects.all().delete()


def age(process: str, *, seen: float, since: float | None = None) -> None:
    """As if its last sign of life had been so many seconds ago."""
    now = timezone.now()
    values = {"seen_at": now - timedelta(seconds=seen)}
    Pulse.objects.filter(process=process).update(
        **values, **({"since": now - timedelta(seconds=since)} if since is not None else {})
    )


def ago(when: datetime) -> float:
    return (timezone.now() - when).total_seconds()


def listen(process: str = "web.1", *, deaf: bool = False) -> None:
    pulse.beat(process, INTAKE, 0, deaf=deaf)


def heard(hook: Hook | None = None) -> hearing.Hearing:
    found = hearing.hearing(hook.pk if hook else None)
    assert found is not None
    return found


def test_nobody_hears_without_an_intake() -> None:
    pulse.beat("worker.1", "chat", 8)
    assert hearing.hearing(None) is None


def test_regular_beats_keep_the_time() -> None:
    listen()
    age("web.1", seen=1, since=600)
    listen()
    assert ago(heard().since) == Ago(600)


def test_a_gap_begins_it_anew_and_its_length_is_kept() -> None:
    listen()
    age("web.1", seen=40, since=600)
    listen()
    assert (ago(heard().since), heard().gap) == (Ago(0), Ago(40))
    age("web.1", seen=1, since=100)
    listen()
    assert (ago(heard().since), heard().gap) == (Ago(100), Ago(40))


def test_an_intake_that_had_to_refuse_was_away() -> None:
    listen()
    age("web.1", seen=1, since=600)
    listen(deaf=True)
    assert ago(heard().since) == Ago(0)


def test_a_new_intake_begins_now_and_knows_for_how_long_there_was_none() -> None:
    listen("web.1")
    age("web.1", seen=90, since=600)
    listen("web.2")
    assert (ago(heard().since), heard().gap) == (Ago(0), Ago(90))


def test_one_of_two_that_dies_was_a_gap_until_it_was_noticed() -> None:
    for process in ("web.1", "web.2"):
        listen(process)
        age(process, seen=0, since=600)
    assert ago(heard().since) == Ago(600)
    age("web.1", seen=60, since=600)
    assert ago(heard().since) == Ago(55)


def test_when_all_are_gone_nobody_hears() -> None:
    listen()
    age("web.1", seen=6, since=600)
    assert hearing.hearing(None) is None


def test_it_is_understood_up_to_the_oldest_delivery_that_waits(hook: Hook) -> None:
    listen()
    assert ago(heard(hook).until) == Ago(3)
    other = Hook.objects.create(provider="whatsapp_cloud", secrets="x", verify_token="y")
    for of, seconds in ((hook, 20), (hook, 50), (other, 99)):
        Delivery.objects.create(hook=of, body=b"", received_at=timezone.now() - timedelta(seconds=seconds))
    assert ago(heard(hook).until) == Ago(50)
    assert ago(heard(other).until) == Ago(99)
    assert ago(heard().until) == Ago(99)
    Delivery.objects.update(state=Delivery.State.PROCESSED)
    assert ago(heard(hook).until) == Ago(3)


@pytest.mark.parametrize(
    ("died", "waits", "lagging"), [(5, True, True), (40, True, False), (1, True, False), (5, False, False)]
)
def test_what_waits_lags_only_while_workers_have_died_of_late(
    hook: Hook, died: float, waits: bool, lagging: bool
) -> None:
    pulse.beat("worker.1", "default", 2)
    age("worker.1", seen=died)
    pulse.beat("worker.2", "default", 2)
    state = Delivery.State.RECEIVED if waits else Delivery.State.PROCESSED
    Delivery.objects.create(hook=hook, body=b"", state=state)
    other = Hook.objects.create(provider="whatsapp_cloud", secrets="x", verify_token="y")
    assert (hearing.lagging(hook.pk, "1001"), hearing.lagging(other.pk, "1001")) == (lagging, False)


@pytest.mark.parametrize(("lane", "lagging"), [("1001", True), ("2002", False), ("", True)])
def test_only_what_may_be_for_the_number_lags_for_it(hook: Hook, lane: str, lagging: bool) -> None:
    """A flood at one number says nothing of another; what names no number may be for anybody."""
    pulse.beat("worker.1", "default", 2)
    age("worker.1", seen=5)
    Delivery.objects.create(hook=hook, body=b"", lane=lane)
    assert hearing.lagging(hook.pk, "1001") is lagging
