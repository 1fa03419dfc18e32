"""Arms the crash points and turns the clock when the process starts."""

import os
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig
from django.utils import timezone

from apps.core import crashes
from sandbox.chaos.build import striking

CRASHES, CLOCK = "CHAOS_CRASHES", "CHAOS_CLOCK_SECONDS"


class BuildConfig(AppConfig):
    """What a process of the test build does besides its work."""

    name = "sandbox.chaos.build"
    label = "chaos_build"

    def ready(self) -> None:
        """Reads what the environment asks for."""
        if directory := os.environ.get(CRASHES):
            crashes.arm(striking.strike_from(Path(directory)))
        if shift := os.environ.get(CLOCK):
            turn_clock(float(shift))


def turn_clock(seconds: float) -> None:
    """From now on this process believes that it is so much later, or earlier: its own clock, not the database's."""
    true = timezone.now
    shift = timedelta(seconds=seconds)
    # Everything here asks django.utils.timezone for the time of the day.
    timezone.now = lambda: true() + shift
