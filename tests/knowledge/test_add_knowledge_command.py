"""`manage.py add_knowledge`: a bot learns a text from a file."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.bots.models import Bot
from apps.knowledge.models import Source
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from tests.knowledge.llms import Failing, Planned, speak_with


def add(by: Bot, **options: Any) -> dict[str, int]:
    out = io.StringIO()
    values = {"slug": "acme", "bot": by.pk, "title": "Hours", **options}
    call_command("add_knowledge", values.pop("slug"), stdout=out, **values)
    return dict(json.loads(out.getvalue()))


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    path = tmp_path / "hours.md"
    path.write_text("# Hours\nWe open at nine – always.", encoding="utf-8")
    return path


def test_text_is_left_to_the_workers(bot: Bot, hours: Path) -> None:
    printed = add(bot, file=str(hours))
    source = Source.objects.get()
    assert printed == {"source": source.pk}
    assert (source.state, source.text) == (Source.State.QUEUED, "# Hours\nWe open at nine – always.")
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(source.pk)).exists()


def test_now_indexes_at_once(bot: Bot, hours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Planned({}))
    printed = add(bot, file=str(hours), language="es", now=True)
    source = Source.objects.get()
    assert printed == {"source": source.pk, "chunks": 1}
    assert (source.state, source.language) == (Source.State.READY, "es")


def test_text_comes_from_standard_input(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"We open at nine.")))
    add(bot, file="-")
    assert Source.objects.get().text == "We open at nine."


def test_failing_model_is_told_and_the_text_stays(bot: Bot, hours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speak_with(monkeypatch, Failing("The key was refused.", retryable=False))
    with pytest.raises(CommandError, match="The text was kept, but it could not be indexed yet: The key was refused."):
        add(bot, file=str(hours), now=True)
    assert Source.objects.get().state == Source.State.FAILED


def test_text_without_words_is_told(bot: Bot, hours: Path) -> None:
    hours.write_text("---")
    with pytest.raises(CommandError, match="There are no words in this text"):
        add(bot, file=str(hours), now=True)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"slug": "nobody"}, "There is no workspace “nobody”"),
        ({"bot": 999_999}, "The workspace “acme” has no bot 999999."),
        ({"file": "/nowhere/hours.md"}, "“/nowhere/hours.md” cannot be read: No such file or directory."),
        ({"title": " "}, "The text has no title."),
    ],
)
def test_wrong_option_is_named_and_nothing_is_written(
    workspace: Workspace, bot: Bot, hours: Path, options: dict[str, Any], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        add(bot, **{"file": str(hours), **options})
    assert not Source.objects.exists()


def test_file_that_is_no_text_is_refused(bot: Bot, hours: Path) -> None:
    hours.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="is not UTF-8 text. Save it as UTF-8 and try again."):
        add(bot, file=str(hours))
    assert not Source.objects.exists()
