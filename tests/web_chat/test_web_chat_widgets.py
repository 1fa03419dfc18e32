"""Putting a chat on a website, changing it, and the hidden one by which a bot is tried."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations.models import Conversation
from apps.core import limits
from apps.core.limits import LimitReached
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.widgets import begin_test, change_widget, connect_widget, snippet, tried_by, websites_of
from apps.leads.models import Lead
from apps.panel import queries
from apps.tenants.models import Hook, Route, Workspace
from tests.web_chat.chats import SITE, Browser, key_of, work

COMPLETE = {"name": "Shop", "websites": "https://shop.example", "colour": "#0b6b74"}


def rows() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Widget, Inbox, Hook, Route))


def test_a_chat_has_a_hook_and_a_route_of_its_own(workspace: Workspace, bot: Bot) -> None:
    one, two = (connect_widget(workspace, bot=bot, name=name, websites=SITE) for name in "AB")
    hooks = [Hook.objects.get(provider="web_chat", key=key_of(widget)) for widget in (one, two)]
    assert hooks[0].secret_list != hooks[1].secret_list
    assert [Route.objects.get(key=key_of(widget)).hook for widget in (one, two)] == hooks
    assert websites_of(one) == (SITE,)
    assert one.inbox.address == "shop.example"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"websites": ""}, "websites"),
        ({"websites": "*"}, "websites"),
        ({"websites": "https://a.example javascript:alert(1)"}, "websites"),
        ({"look": {"colour": "red;}"}}, "colour"),
        ({"look": {"greeting": "x" * 301}}, "greeting"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(
    workspace: Workspace, bot: Bot, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        connect_widget(workspace, **{"bot": bot, "name": "Shop", "websites": SITE, **wrong})
    assert field in caught.value.message_dict
    assert rows() == (0, 0, 0, 0)


def test_a_change_that_cannot_be_leaves_the_chat_as_it_was(widget: Widget) -> None:
    with pytest.raises(ValidationError):
        change_widget(widget, name="New", websites="https://new.example", look={"colour": "red"})
    widget.refresh_from_db()
    assert (widget.inbox.name, websites_of(widget), widget.colour) == ("Acme's website", (SITE,), Widget.COLOUR)


def test_a_test_conversation_is_outside_the_plan_and_made_once(
    workspace: Workspace, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 0 if kind == "inboxes" else None])
    with pytest.raises(LimitReached):
        connect_widget(workspace, bot=bot, name="Shop", websites=SITE)
    assert rows() == (0, 0, 0, 0)
    first = begin_test(workspace, bot, website="http://127.0.0.1:8000")
    assert begin_test(workspace, bot, website="http://localhost:8000").pk == first.pk
    assert websites_of(first) == ("http://localhost:8000",)
    monkeypatch.setattr(limits, "_allowances", [lambda kind: 1])
    connect_widget(workspace, bot=bot, name="Shop", websites=SITE)


def test_a_test_conversation_is_answered_and_in_no_list(workspace: Workspace, bot: Bot, member: Any) -> None:
    tested = Browser(key_of(begin_test(workspace, bot, website=SITE)))
    tested.hello()
    assert tested.says("Hello, I am Maya Lind, maya@example.org")
    work("dialogue.take_turns")
    work("conversations.deliver")
    assert [one["from"] for one in tested.history()] == ["contact", "bot"]
    assert Lead.objects.exists()
    for role in (Role.OWNER, Role.VENDOR):
        seen = member(role)
        assert not queries.visible(seen).exists()
        assert not queries.leads(seen).exists()
        assert queries.listing(seen, show=queries.Show.ALL, search="", rows=50).rows == []
        assert queries.waiting_count(seen) == 0


def test_a_bot_that_was_only_tried_can_be_deleted_and_its_chat_is_closed(
    workspace: Workspace, bot: Bot, client_for: Callable[..., Client]
) -> None:
    tested = Browser(key_of(begin_test(workspace, bot, website=SITE)))
    tested.hello()
    assert tested.says("Hello, I am Maya Lind")
    work("dialogue.take_turns")
    assert client_for(Role.OWNER).post(f"/w/acme/bots/{bot.pk}/delete/").status_code == 302
    assert not Bot.objects.filter(pk=bot.pk).exists()
    left = (Widget, Inbox, Route, Lead, Contact, Conversation)
    assert [model.objects.count() for model in left] == [0] * 6
    assert tested.get("hello").status_code == 404
    assert not tested.says("Still there?")


def test_the_line_for_the_website_names_the_key_and_nothing_secret(widget: Widget) -> None:
    line = snippet("https://leadline.example", key_of(widget))
    assert line == (
        f'<script async src="https://leadline.example/static/widget/chat.js" data-key="{key_of(widget)}"></script>'
    )
    assert all(secret not in line for secret in widget.inbox.hook.secret_list)


def test_the_owner_adds_a_chat_on_its_page(client_for: Callable[..., Client], bot: Bot) -> None:
    client = client_for(Role.OWNER)
    made = client.post("/w/acme/inboxes/web-chat/", {**COMPLETE, "bot": bot.pk})
    widget = Widget.objects.get()
    assert (made.status_code, made["Location"]) == (302, f"/w/acme/inboxes/{widget.inbox_id}/web-chat/")
    page = client.get(made["Location"]).content.decode()
    assert f"data-key=&quot;{key_of(widget)}&quot;" in page
    assert "https://shop.example</textarea>" in page


@pytest.mark.parametrize("wrong", [{"websites": "ftp://x"}, {"colour": "red"}, {"bot": "999999"}, {"name": ""}])
def test_a_wrong_field_comes_back_with_its_reason(
    client_for: Callable[..., Client], bot: Bot, wrong: dict[str, str]
) -> None:
    answer = client_for(Role.OWNER).post("/w/acme/inboxes/web-chat/", {**COMPLETE, "bot": bot.pk, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert rows() == (0, 0, 0, 0)


def test_the_owner_changes_a_chat(client_for: Callable[..., Client], widget: Widget) -> None:
    client, path = client_for(Role.ADMIN), f"/w/acme/inboxes/{widget.inbox_id}/web-chat/"
    data = {**COMPLETE, "bot": widget.inbox.bot_id, "websites": "new.example", "greeting": "Welcome!"}
    assert client.post(path, data).status_code == 302
    widget.refresh_from_db()
    assert (widget.greeting, websites_of(widget)) == ("Welcome!", ("https://new.example",))
    assert client.post(path, {**data, "websites": "::"}).status_code == 422
    assert websites_of(widget) == ("https://new.example",)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
def test_others_neither_see_nor_add_chats(client_for: Callable[..., Client], widget: Widget, role: Role) -> None:
    client, before = client_for(role), rows()
    for path in ("/w/acme/inboxes/web-chat/", f"/w/acme/inboxes/{widget.inbox_id}/web-chat/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {**COMPLETE, "bot": widget.inbox.bot_id}).status_code == 403
    assert rows() == before
    assert websites_of(widget) == (SITE,)


def test_trying_a_bot_begins_with_a_press(client_for: Callable[..., Client], bot: Bot) -> None:
    client, path = client_for(Role.EDITOR), f"/w/acme/bots/{bot.pk}/try/"
    assert "data-key" not in client.get(path).content.decode()
    assert rows() == (0, 0, 0, 0)
    assert client.post(path).status_code == 302
    widget = tried_by(bot)
    assert widget is not None and websites_of(widget) == ("http://testserver",)
    assert f'data-key="{key_of(widget)}" data-into="try-chat"' in client.get(path).content.decode()
    assert client.get(f"/w/acme/inboxes/{widget.inbox_id}/web-chat/").status_code == 403
    assert client_for(Role.OWNER).get(f"/w/acme/inboxes/{widget.inbox_id}/web-chat/").status_code == 404


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.VENDOR, Role.VIEWER])
def test_only_who_makes_bots_tries_them(client_for: Callable[..., Client], bot: Bot, role: Role) -> None:
    client, path = client_for(role), f"/w/acme/bots/{bot.pk}/try/"
    assert (client.get(path).status_code, client.post(path).status_code) == (403, 403)
    assert rows() == (0, 0, 0, 0)
