"""Ageing times: one table, shortened by one variable, at most tenfold and in development only."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from apps.work import ages


def test_as_shipped_they_are_what_the_table_says() -> None:
    assert (ages.seconds("unknown_resend"), ages.seconds("unknown_unconfirmed")) == (90.0, 600.0)


def test_they_are_shortened_together_but_not_below_what_they_need(settings: Any) -> None:
    settings.AGEING_SPEED = 10.0
    assert (ages.seconds("unknown_resend"), ages.seconds("unknown_unconfirmed")) == (9.0, 60.0)
    assert (ages.seconds("lease"), ages.seconds("unknown_look")) == (10.0, 1.0)


def test_an_age_that_is_none_is_an_error() -> None:
    with pytest.raises(KeyError):
        ages.seconds("patience")


@pytest.mark.parametrize(
    ("debug", "given", "speed"), [("true", "4", 4.0), ("true", "50", 10.0), ("true", "0.1", 1.0), ("false", "10", 1.0)]
)
def test_only_development_may_shorten_them_and_at_most_tenfold(debug: str, given: str, speed: float) -> None:
    production = {
        "SECRET_KEY": "s" * 50,
        "FIELD_ENCRYPTION_KEYS": "ZGV2ZWxvcG1lbnQtb25seS1rZXktbm90LXNlY3JldCE=",
        "BASE_URL": "https://leadline.example.org",
        "ALLOWED_HOSTS": "leadline.example.org",
        "LEADLINE_DEMO": "false",
    }
    said = subprocess.run(
        [sys.executable, "-c", "from config import settings; print(settings.AGEING_SPEED)"],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **production, "DEBUG": debug, "AGEING_SPEED": given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(said.stdout) == speed


def test_the_limits_name_every_age_in_force(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    settings.AGEING_SPEED = 2.0
    call_command("show_limits")
    shown = json.loads(capsys.readouterr().out)
    assert {name: shown[f"{name}_seconds"] for name in ages.AGES} == {name: ages.seconds(name) for name in ages.AGES}
    assert (shown["ageing_speed"], shown["unknown_resend_seconds"]) == (2.0, 45.0)
