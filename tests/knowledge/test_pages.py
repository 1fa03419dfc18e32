"""The knowledge page: a pasted text becomes a source, its state and error are told, deleting asks once more."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.knowledge.models import Source
from apps.knowledge.services import MOST, add_text, index
from apps.work.models import WorkItem

Browser = Callable[..., Client]


@pytest.fixture
def editor(client_for: Browser) -> Client:
    return client_for(Role.EDITOR)


def address(bot: Bot, rest: str = "") -> str:
    return f"/w/acme/bots/{bot.pk}/knowledge/{rest}"


def test_a_pasted_text_is_kept_and_made_due_to_be_read(editor: Client, bot: Bot) -> None:
    answer = editor.post(address(bot), {"title": "Opening hours", "text": "We open at nine."})
    assert answer.headers["Location"] == address(bot)
    source = Source.objects.get()
    assert (source.bot, source.title, source.text, source.state) == (bot, "Opening hours", "We open at nine.", "queued")
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(source.pk)).count() == 1
    assert "Being read" in editor.get(address(bot)).content.decode()


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        ({"title": "", "text": "We open at nine."}, "title", "required"),
        ({"title": "Hours", "text": "   "}, "text", "required"),
        ({"title": "Hours"}, "text", "required"),
        ({"title": "x" * 201, "text": "We open at nine."}, "title", "at most 200"),
        ({"title": "Hours", "text": "x" * (MOST + 1)}, "text", "200,001 characters, and a text may have 200,000"),
    ],
)
def test_what_is_no_text_is_refused_at_its_field(
    editor: Client, bot: Bot, given: dict[str, str], field: str, why: str
) -> None:
    answer = editor.post(address(bot), given)
    assert answer.status_code == 422
    assert why in " ".join(answer.context["form"].errors[field])
    assert (Source.objects.count(), WorkItem.objects.filter(kind="knowledge.index").count()) == (0, 0)


def test_the_list_tells_states_and_why_one_failed(editor: Client, bot: Bot) -> None:
    index(add_text(bot, title="Hours", text="We open at nine."))
    index(add_text(bot, title="Nothing", text="… – …"))
    page = editor.get(address(bot)).content.decode()
    assert "Ready" in page and "Failed" in page
    assert "There are no words in this text. Remove it and paste another." in page


def test_the_list_looks_again_by_itself_only_while_a_text_is_being_read(editor: Client, bot: Bot) -> None:
    source = add_text(bot, title="Hours", text="We open at nine.")
    page = editor.get(address(bot)).content.decode()
    assert f'hx-get="{address(bot)}" hx-trigger="every 3s"' in page
    index(source)
    fragment = editor.get(address(bot), headers={"HX-Request": "true"}).content.decode()
    assert "Ready" in fragment and "hx-get" not in fragment and "<form" not in fragment


def test_what_failed_can_be_read_again(editor: Client, bot: Bot) -> None:
    source = index(add_text(bot, title="Nothing", text="…"))
    WorkItem.objects.update(due_at=None)
    editor.post(address(bot, f"{source.pk}/again/"))
    source.refresh_from_db()
    assert (source.state, source.error) == ("queued", "")
    assert WorkItem.objects.filter(kind="knowledge.index", key=str(source.pk), due_at__isnull=False).count() == 1


def test_deleting_shows_the_text_and_asks_first(editor: Client, bot: Bot) -> None:
    source = index(add_text(bot, title="Hours", text="We open at nine."))
    page = editor.get(address(bot, f"{source.pk}/delete/")).content.decode()
    assert "We open at nine." in page
    assert Source.objects.count() == 1
    editor.post(address(bot, f"{source.pk}/delete/"))
    assert Source.objects.count() == 0


def test_a_text_of_another_bot_is_not_found_here(editor: Client, bot: Bot) -> None:
    beside = create_bot("Beside", business="Acme")
    source = add_text(beside, title="Hours", text="We open at nine.")
    for rest in ("delete/", "again/"):
        assert editor.post(address(bot, f"{source.pk}/{rest}")).status_code == 404
    assert Source.objects.count() == 1


def test_markup_in_a_text_stays_text(editor: Client, bot: Bot) -> None:
    source = add_text(bot, title="<b>Hours</b>", text="<script>alert(1)</script>")
    for rest in ("", f"{source.pk}/delete/"):
        page = editor.get(address(bot, rest)).content.decode()
        assert "<b>Hours" not in page and "<script>alert" not in page


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
def test_others_may_not(client_for: Browser, bot: Bot, role: Role) -> None:
    source = add_text(bot, title="Hours", text="We open at nine.")
    client = client_for(role)
    assert client.get(address(bot)).status_code == 403
    assert client.post(address(bot), {"title": "T", "text": "T"}).status_code == 403
    assert client.post(address(bot, f"{source.pk}/delete/")).status_code == 403
    assert Source.objects.count() == 1
