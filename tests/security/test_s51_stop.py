"""S51: to who said STOP nothing leaves any more but the word that this was heard, whichever way somebody tries.

Windows that have closed: tests/panel/test_commands.py, tests/api/test_messages.py, tests/conversations/test_deliver.py.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps import tenants
from apps.accounts.models import User
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.core import http
from apps.dialogue.phrases import phrase
from apps.dialogue.services import TAKE_TURNS
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from tests.api.calling import PROBLEM, program_of
from tests.conftest import inbound
from tests.conversations.sending import deliver, listening, pass_time, say, state, told
from tests.dialogue.turns import take_turn
from tests.graph import Graph
from tests.security.conftest import words_of

Receive = Callable[..., Message]
Browser = Callable[[str | User], Client]

CONFIRMED = phrase("stopped", "en")
REFUSED = "This contact has asked not to be written to. You can write again once they send START."


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """Hands work inside the workspace; requests of these tests say that they come from outside."""


@pytest.fixture
def talk(receive: Receive, graph: Graph) -> Conversation:
    """A customer has written."""
    return receive("Hello").conversation


def stop(receive: Receive) -> None:
    """The customer asks to be left alone, and the turn about it is taken."""
    receive("STOP")
    take_turn()


def from_outside(do: Callable[[], Any]) -> Any:
    """As a request comes in: in no workspace."""
    with tenants.enter(None):
        return do()


def nothing_of(conversation: Conversation, graph: Graph) -> bool:
    """Whether the hands have nothing to send."""
    before = len(graph.sends)
    deliver(conversation)
    return len(graph.sends) == before


def test_the_confirmation_itself_leaves(talk: Conversation, receive: Receive, graph: Graph) -> None:
    stop(receive)
    deliver(talk)
    deliver(talk)
    assert graph.texts == [CONFIRMED]


def test_a_reply_in_the_panel_is_refused_and_takes_nothing_over(
    talk: Conversation, receive: Receive, graph: Graph, browser: Browser
) -> None:
    stop(receive)
    deliver(talk)
    said, before = {"text": "One more offer!", "key": str(uuid.uuid4())}, Conversation.objects.get().epoch
    htmx = {"HX-Request": "true"}
    answer = from_outside(lambda: browser("vendor").post(f"/w/acme/c/{talk.pk}/reply/", said, headers=htmx))
    assert (answer.status_code, REFUSED in words_of(answer)) == (422, True)
    assert not Message.objects.filter(author="person").exists()
    assert (Conversation.objects.get().epoch, nothing_of(talk, graph)) == (before, True)


def test_the_panel_says_so_and_the_box_is_disabled(talk: Conversation, receive: Receive, browser: Browser) -> None:
    stop(receive)
    page = from_outside(lambda: browser("vendor").get(f"/w/acme/c/{talk.pk}/")).content.decode()
    assert REFUSED in page and '<fieldset class="pn-fieldset" disabled>' in page
    receive("START")
    take_turn()
    page = from_outside(lambda: browser("vendor").get(f"/w/acme/c/{talk.pk}/")).content.decode()
    assert REFUSED not in page and "disabled" not in page


def test_a_program_is_refused_in_the_projects_form(
    talk: Conversation, receive: Receive, graph: Graph, workspace: Workspace
) -> None:
    stop(receive)
    deliver(talk)
    path = f"conversations/{talk.pk}/messages/"
    answer = from_outside(lambda: program_of(workspace).post(path, {"text": "One more offer!"}))
    assert (answer.status_code, answer["Content-Type"], answer.json()["detail"]) == (409, PROBLEM, REFUSED)
    assert not Message.objects.filter(author="person").exists()
    assert nothing_of(talk, graph)


@pytest.mark.parametrize("was", ["failed", "unconfirmed"])
def test_resend_is_refused_and_takes_nothing_over(
    talk: Conversation, receive: Receive, graph: Graph, browser: Browser, was: str
) -> None:
    message = say(talk, "An offer")
    Message.objects.filter(pk=message.pk).update(state=was, attempts=1)
    stop(receive)
    deliver(talk)
    address, htmx = f"/w/acme/c/{talk.pk}/messages/{message.pk}/retry/", {"HX-Request": "true"}
    answer = from_outside(lambda: browser("vendor").post(address, headers=htmx))
    assert (answer.status_code, REFUSED in words_of(answer)) == (422, True)
    assert (state(message), message.author, nothing_of(talk, graph)) == (was, "bot", True)
    with pytest.raises(ValidationError):
        conversations.retry(message, user=None)


def test_what_may_have_arrived_is_not_sent_again_but_left_to_people(
    talk: Conversation, receive: Receive, graph: Graph
) -> None:
    graph.script = [http.NoAnswer("timed out")]
    message = say(talk, "An offer")
    deliver(talk)
    stop(receive)
    pass_time(message, 120)
    Inbox.objects.update(working_since=timezone.now() - timedelta(seconds=5000))
    listening(since=5000)
    told(message.inbox, ago=5)
    deliver(talk)
    assert (state(message), graph.texts) == ("unknown", ["An offer"])
    pass_time(message, 600)
    deliver(talk)
    assert (state(message), graph.texts) == ("unconfirmed", ["An offer", CONFIRMED])


@pytest.mark.parametrize("author", ["bot", "person"])
def test_what_waited_already_does_not_leave(talk: Conversation, receive: Receive, graph: Graph, author: str) -> None:
    message = say(talk, "An offer", Message.Author(author))
    stop(receive)
    deliver(talk)
    assert graph.texts == [CONFIRMED]
    assert state(message) == ("cancelled" if author == "bot" else "failed")


def test_what_waits_in_another_conversation_of_theirs_does_not_leave(
    talk: Conversation, graph: Graph, workspace: Workspace, inbox: Inbox
) -> None:
    """They said STOP to the business, by another of its numbers."""
    assert inbox.hook is not None
    given = {"provider": "whatsapp_cloud", "external_key": "777", "name": "Second", "token": "t"}
    beside = connect(workspace, bot=inbox.bot, hook=inbox.hook, **given)
    message = say(talk, "An offer")
    WorkItem.objects.filter(kind=TAKE_TURNS).delete()
    assert conversations.receive(beside, inbound("STOP", route_key="777")) is not None
    take_turn()
    deliver(talk)
    assert (state(message), message.trouble, graph.sends) == ("failed", "opted_out", [])
