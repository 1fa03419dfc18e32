"""A visitor's words take everybody's path: intake, ledger, turn, outbox; and come back to them alone."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import Role
from apps.contacts.models import Contact
from apps.conversations.models import Conversation, Message
from apps.conversations.services import reply
from apps.dialogue.models import Turn
from apps.inboxes.models import Widget
from apps.ingest.models import Delivery
from apps.knowledge.services import add_text, index
from apps.leads.models import Lead
from apps.live.audience import groups, visitor
from apps.providers import registry
from apps.providers.base import Credentials, Identity, IdentityKind, Outbound, Party, SendError, Trouble
from apps.tenants.models import Workspace
from tests.web_chat.chats import ELSEWHERE, Browser, key_of, taken, work

Open = Callable[..., Browser]
State = Message.State


def test_a_visitor_is_answered_from_the_bots_knowledge(browser: Open, bot: Any) -> None:
    index(add_text(bot, title="Prices", text="A cargo bike costs 45 pounds a day."))
    maya = browser()
    assert maya.says("How much is a cargo bike?")
    work("dialogue.take_turns")
    work("conversations.deliver")
    question, answer = maya.history()
    assert (question["from"], answer["from"], answer["state"]) == ("contact", "bot", "sent")
    assert "45 pounds" in answer["text"]
    assert Turn.objects.get().outcome == "answered"
    assert Lead.objects.filter(contact=Contact.objects.get()).exists()


def test_a_repeated_post_is_stored_once(browser: Open) -> None:
    maya, id = browser(), str(uuid.uuid4())
    assert maya.says("Hello", id=id) and maya.says("Hello", id=id)
    assert [one["id"] for one in maya.history()] == [id]
    assert Message.objects.count() == 1
    assert Delivery.objects.count() == 2


def test_another_visitors_id_does_not_hide_a_message(browser: Open) -> None:
    maya, tom, id = browser(), browser(), str(uuid.uuid4())
    assert maya.says("From Maya", id=id) and tom.says("From Tom", id=id)
    assert [one["text"] for one in tom.history()] == ["From Tom"]


def answered(browser: Open) -> tuple[Browser, Message]:
    """A visitor and what was sent to them."""
    maya = browser()
    assert maya.says("Hello")
    work("dialogue.take_turns")
    work("conversations.deliver")
    return maya, Message.objects.get(direction="out")


def test_the_browser_says_what_arrived_and_was_read(browser: Open) -> None:
    maya, message = answered(browser)
    id = maya.history()[-1]["id"]
    for mark, state in (("delivered", State.DELIVERED), ("read", State.READ), ("delivered", State.READ)):
        assert maya.says(**{mark: [id]})
        message.refresh_from_db()
        assert message.state == state
    moves = list(message.history.values_list("state", flat=True))
    assert moves == ["pending", "sending", "sent", "delivered", "read"]


def test_nobody_marks_what_was_sent_to_another(browser: Open) -> None:
    maya, message = answered(browser)
    tom = browser()
    assert tom.says("Hello")
    assert tom.says(read=[maya.history()[-1]["id"], str(message.key), f"{maya.visitor}.{message.key}"])
    message.refresh_from_db()
    assert message.state == State.SENT


@pytest.mark.parametrize("change", ["site", "token", "visitor", "widget", "no token"])
def test_a_post_that_is_not_the_visitors_own_stores_nothing(browser: Open, change: str) -> None:
    maya, tom = browser(), browser()
    headers, body = maya.headers(), maya.body("Hello")
    if change == "site":
        headers["origin"] = ELSEWHERE
    elif change == "token":
        headers["authorization"] = headers["authorization"][:-2] + "zz"
    elif change == "visitor":
        body = body.replace(maya.visitor.encode(), tom.visitor.encode())
    elif change == "widget":
        body = body.replace(maya.key.encode(), b"0" * len(maya.key))
    else:
        del headers["authorization"]
    assert not taken(maya.key, headers, body)
    assert Delivery.objects.count() == Message.objects.count() == Contact.objects.count() == 0


def test_a_person_answers_and_the_bot_is_silent(browser: Open, member: Any) -> None:
    maya = browser()
    assert maya.says("Hello")
    reply(Conversation.objects.get(), text="Sam here.", user=member(Role.VENDOR).user)
    work("dialogue.take_turns")
    work("conversations.deliver")
    assert [(one["from"], one["text"]) for one in maya.history()] == [("contact", "Hello"), ("person", "Sam here.")]
    assert Turn.objects.get().outcome == "person_talking"


def test_the_visitors_pages_are_told_and_only_theirs(
    browser: Open, workspace: Workspace, widget: Widget, pushed: Any, django_capture_on_commit_callbacks: Any
) -> None:
    maya, tom = browser(), browser()
    with django_capture_on_commit_callbacks(execute=True):
        assert maya.says("Hello")
    told = [to for to, payload in pushed if payload == {"type": "changed"}]
    assert told == [groups(workspace.schema_name, visitor(key_of(widget), maya.visitor))]
    assert tom.visitor not in str(pushed)


def test_the_bot_is_seen_typing_while_it_thinks(browser: Open, workspace: Workspace, pushed: Any) -> None:
    maya = browser()
    assert maya.says("Hello")
    work("dialogue.take_turns")
    assert (groups(workspace.schema_name, visitor(maya.key, maya.visitor)), {"type": "typing"}) in pushed


def test_sending_to_somebody_who_never_wrote_here_fails_for_good() -> None:
    stranger = Party((Identity(IdentityKind.PHONE, "447700900123"),))
    with pytest.raises(SendError) as caught:
        registry.get("web_chat").send(Credentials("key", ""), Outbound("1", stranger, "Hello"))
    assert caught.value.failure.trouble is Trouble.UNDELIVERABLE


def test_a_visitor_has_a_name_that_a_reader_can_tell_apart(browser: Open) -> None:
    maya = browser()
    assert maya.says("Hello")
    assert Contact.objects.get().label == f"Visitor {maya.visitor[:4].upper()}"


def test_a_message_without_text_costs_its_neighbours_nothing(browser: Open) -> None:
    maya = browser()
    body = maya.body("Good").replace(b'"messages": [', b'"messages": [{"id": "short", "text": "x"}, 7, ')
    assert taken(maya.key, maya.headers(), body)
    assert [one["text"] for one in maya.history()] == ["Good"]
    assert Conversation.objects.get().unread == 1
