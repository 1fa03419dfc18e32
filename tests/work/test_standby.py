"""A relay says that it lives; when none does, a worker does the installation's chores, and nobody does them twice."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.work import chores, pulse, standby
from apps.work.chores import Chore
from apps.work.models import Pulse
from apps.work.relay import Relay


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, db: None) -> list[str]:
    """A single chore that notes when it is done."""
    seen: list[str] = []
    monkeypatch.setattr(chores, "_chores", {"a.chore": Chore("a.chore", 3600, lambda: seen.append("done"))})
    Pulse.objects.all().delete()
    return seen


def test_a_relay_shows_life_after_a_look_and_says_goodbye(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Pulse.objects.all().delete()
    relay, seen = Relay(), []

    def look() -> None:
        seen.append(Pulse.objects.filter(queue=pulse.RELAY).count())
        if len(seen) == 2:
            relay.stop.set()

    monkeypatch.setattr(relay, "look", look)
    relay.run()
    assert seen == [0, 1]
    assert not Pulse.objects.exists()


def test_chores_are_done_when_no_relay_lives(done: list[str], caplog: pytest.LogCaptureFixture) -> None:
    Pulse.objects.create(
        process="dead",
        queue=pulse.RELAY,
        hands=0,
        seen_at=timezone.now() - timedelta(seconds=standby.SILENT_SECONDS + 5),
    )
    with caplog.at_level(logging.ERROR):
        assert standby.stand_in() == 1
        assert standby.stand_in() == 0  # done already, by whoever claimed it
    assert done == ["done"]
    assert "No relay has shown life for 30 s" in caplog.text


def test_a_living_relay_is_left_alone(done: list[str]) -> None:
    pulse.beat("relay", pulse.RELAY, 0)
    assert standby.stand_in() == 0
    assert done == []
