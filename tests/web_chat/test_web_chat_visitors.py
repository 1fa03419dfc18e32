"""What a visitor is shown: a token for their website alone, and their own conversation alone."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps import tenants
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations import services as conversations
from apps.conversations import visitors
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.services import disconnect
from apps.inboxes.widgets import change_widget, connect_widget
from apps.providers.web_chat import tokens
from apps.tenants.models import Hook, Workspace
from tests.web_chat.chats import ELSEWHERE, SITE, Browser, key_of

Open = Callable[..., Browser]


def test_hello_makes_a_visitor_up_and_stores_nothing(browser: Open, widget: Widget) -> None:
    one, two = browser(), browser()
    assert len({one.visitor, two.visitor}) == 2
    assert Contact.objects.count() == Conversation.objects.count() == 0
    hook = Hook.objects.get(key=key_of(widget))
    assert tokens.read(hook.secret_list, key_of(widget), one.token) == one.visitor


def test_hello_knows_who_comes_back(browser: Open) -> None:
    one = browser()
    assert one.hello()["visitor"] == one.visitor


def test_hello_tells_how_the_chat_looks(browser: Open, widget: Widget, bot: Bot) -> None:
    look = {"title": "", "colour": "#aa3311", "greeting": "Hi!", "offline_text": "Closed."}
    change_widget(widget, name="W", websites=SITE, look=look)
    found = browser().hello()
    assert (found["title"], found["colour"], found["greeting"]) == (bot.name, "#aa3311", "Hi!")
    assert (found["offline"], found["online"]) == ("Closed.", True)
    assert found["words"]["send"] == "Send"


@pytest.mark.parametrize(("language", "send"), [("es-MX", "Enviar"), ("pt", "Enviar"), ("de", "Send"), ("", "Send")])
def test_the_chats_own_words_are_in_the_pages_language(browser: Open, language: str, send: str) -> None:
    assert browser().get("hello", language=language).json()["words"]["send"] == send


def test_a_bot_that_is_off_is_told(browser: Open, bot: Bot) -> None:
    Bot.objects.filter(pk=bot.pk).update(enabled=False)
    one = browser()
    assert one.hello()["online"] is False
    assert one.get("messages").json()["online"] is False


@pytest.mark.parametrize("name", ["hello", "messages"])
@pytest.mark.parametrize(
    "site", [ELSEWHERE, "null", "", "http://shop.example", "https://shop.example:8443", "https://shop.example.evil.io"]
)
def test_another_website_with_the_key_gets_nothing(browser: Open, site: str, name: str) -> None:
    visitor = browser()
    visitor.site = site
    answer = visitor.get(name)
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "token" not in answer.json()


def test_the_website_may_read_the_answer_and_no_cookie_is_wanted(browser: Open) -> None:
    answer = browser().get("messages")
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    assert not answer.cookies


def test_the_preflight_is_answered_for_the_website_alone(widget: Widget, browser: Open) -> None:
    client = browser().http
    for site, status in ((SITE, 200), (ELSEWHERE, 403)):
        with tenants.enter(None):
            answer = client.options(f"/chat/{key_of(widget)}/messages/", headers={"origin": site})
        assert answer.status_code == status
        assert answer.headers.get("Access-Control-Allow-Origin") == (SITE if status == 200 else None)


def test_a_visitor_sees_their_own_conversation_and_nobody_elses(browser: Open) -> None:
    maya, tom = browser(), browser()
    assert maya.says("My order number is 8842") and tom.says("Hello from Tom")
    assert [one["text"] for one in maya.history()] == ["My order number is 8842"]
    assert [one["text"] for one in tom.history()] == ["Hello from Tom"]
    assert Contact.objects.count() == 2


def test_a_visitor_of_another_chat_sees_nothing_of_this_one(
    browser: Open, workspace: Workspace, bot: Bot, other: Workspace
) -> None:
    maya = browser()
    assert maya.says("My order number is 8842")
    beside = connect_widget(workspace, bot=bot, name="Second", websites=SITE)
    stranger = Browser(key_of(beside))
    stranger.hello()
    for token in (stranger.token, maya.token):
        thief = Browser(maya.key if token == stranger.token else key_of(beside), token=token)
        assert thief.get("messages").status_code == 401


@pytest.mark.parametrize(
    "forge", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "", lambda t: "x" * 9999]
)
def test_a_forged_token_shows_nothing(browser: Open, forge: Any) -> None:
    maya = browser()
    assert maya.says("My order number is 8842")
    thief = Browser(maya.key, token=forge(maya.token) or "none")
    assert thief.get("messages").status_code == 401
    visitor, _, rest = maya.token.partition(".")
    swapped = Browser(maya.key, token=f"{'0' * 32}.{rest}")
    assert swapped.get("messages").status_code == 401


def test_an_outdated_token_is_none(browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    for days, status in ((181, 401), (179, 200)):
        with monkeypatch.context() as then:
            then.setattr("time.time", lambda days=days: now() - days * 86400)
            maya = browser()
        assert maya.get("messages").status_code == status


def test_what_is_not_sent_yet_what_failed_and_notes_are_not_the_visitors(browser: Open) -> None:
    maya = browser()
    assert maya.says("Hello")
    conversation = Conversation.objects.get()
    (queued,) = conversations.queue(lock(conversation.pk), text="To be sent", author=Message.Author.BOT)
    note = Message.objects.create(
        conversation=conversation, inbox=conversation.inbox, direction="out", author="note", text="Rude", state="sent"
    )
    assert [one["text"] for one in maya.history()] == ["Hello"]
    for state, shown in (("unknown", 0), ("failed", 0), ("cancelled", 0), ("sent", 1), ("delivered", 1), ("read", 1)):
        Message.objects.filter(pk=queued.pk).update(state=state, external_id=f"{maya.visitor}.{queued.key}")
        assert [one["text"] for one in maya.history()] == ["Hello", "To be sent"][: 1 + shown]
    assert note.text not in str(maya.history())


def test_a_chat_that_is_disconnected_or_unknown_is_not_there(
    browser: Open, widget: Widget, workspace: Workspace
) -> None:
    maya = browser()
    assert maya.get("hello", key="0" * 22).status_code == 404
    disconnect(workspace, Inbox.objects.get(pk=widget.inbox_id))
    assert maya.get("hello").status_code == 404
    assert maya.get("messages").status_code == 404
    assert not maya.says("Still there?")
    assert Message.objects.count() == 0


def test_a_website_that_was_removed_is_shut_out_at_once(browser: Open, widget: Widget) -> None:
    maya = browser()
    change_widget(widget, name="W", websites="https://new.example")
    assert maya.get("messages").status_code == 403


def test_a_chat_of_a_suspended_workspace_is_not_there(browser: Open, workspace: Workspace) -> None:
    maya = browser()
    Workspace.objects.filter(pk=workspace.pk).update(state=Workspace.State.SUSPENDED)
    assert maya.get("hello").status_code == 404


def test_who_asks_too_often_waits(browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors._pace, "clock", lambda: 0.0)
    maya = browser()
    answers = [maya.get("messages") for _ in range(100)]
    assert [answer.status_code for answer in answers] == [200] * 99 + [429]  # saying hello was the first
    assert answers[-1].headers["Access-Control-Allow-Origin"] == SITE


def test_one_network_becomes_no_more_than_so_many_visitors(browser: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors._new_visitors, "clock", lambda: 0.0)
    monkeypatch.setattr(visitors._new_visitors, "burst", 3)
    known = browser()
    fresh = Browser(known.key)
    answers = [fresh.get("hello") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert (answers[-1].headers["Retry-After"], "token" in answers[-1].json()) == ("5", False)
    assert known.get("hello").status_code == 200
