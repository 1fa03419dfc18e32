"""A text comes into a bot's knowledge."""

import pytest
from django.core.exceptions import ValidationError

from apps.bots.models import Bot
from apps.knowledge.models import Source
from apps.knowledge.services import add_text, remove
from apps.tenants.models import Workspace
from apps.work.models import WorkItem


def test_text_is_kept_and_its_indexing_is_due(workspace: Workspace, bot: Bot) -> None:
    source = add_text(bot, title="Hours", text="We open at nine.")
    stored = Source.objects.get()
    assert (stored.bot, stored.title, stored.text, stored.language) == (bot, "Hours", "We open at nine.", "en")
    assert stored.state == Source.State.QUEUED
    item = WorkItem.objects.get(workspace=workspace, kind="knowledge.index")
    assert item.key == str(source.pk) and item.due_at is not None


def test_language_can_be_another_than_the_bots(bot: Bot) -> None:
    assert add_text(bot, title="Horario", text="Abrimos a las nueve.", language="es").language == "es"


def test_nul_bytes_are_stripped_and_everything_else_survives(bot: Bot) -> None:
    add_text(bot, title="Ho\x00urs", text="\x00فتح 👩🏽‍🔧\r\nnine\x00\n")
    assert Source.objects.values_list("title", "text").get() == ("Hours", "فتح 👩🏽‍🔧\r\nnine")


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("Hours", "", "“Hours” is empty. Paste the text that the bot should know."),
        ("Hours", " \x00\n ", "“Hours” is empty. Paste the text that the bot should know."),
        ("\x00 ", "words", "The text has no title. Give it one, so that people can tell it from others."),
        ("Book", "x" * 200_001, "“Book” has 200,001 characters, and a text may have 200,000. Split it into several."),
    ],
)
def test_bad_text_is_refused_and_nothing_is_written(bot: Bot, title: str, text: str, why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_text(bot, title=title, text=text)
    assert refused.value.messages == [why]
    assert not Source.objects.exists()
    assert not WorkItem.objects.filter(kind="knowledge.index").exists()


def test_longest_text_is_kept_whole(bot: Bot) -> None:
    assert len(add_text(bot, title="Book", text="x" * 200_000).text) == 200_000


def test_removed_text_is_gone(bot: Bot) -> None:
    keep, source = add_text(bot, title="Keep", text="Keep me."), add_text(bot, title="Hours", text="We open at nine.")
    remove(source)
    assert list(Source.objects.all()) == [keep]
