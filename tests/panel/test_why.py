"""For every message a page says what became of it: when it came, who decided what and why, what was sent."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.conversations.services import switch_ai
from apps.dialogue.models import Turn
from apps.knowledge.models import Source
from apps.knowledge.services import add_text, index
from apps.work.models import WorkItem
from tests.dialogue.turns import take_turn
from tests.panel.cast import address

ClientFor = Callable[..., Client]
PRICES = "An electric bike costs £39 a day."


@pytest.fixture
def prices(bot: Bot) -> Source:
    return index(add_text(bot, title="Prices", text=PRICES))


def page(client: Client, message: Message) -> str:
    answer = client.get(address(message.conversation, f"messages/{message.pk}/why/"))
    assert answer.status_code == 200
    return answer.content.decode()


def steps(text: str) -> list[str]:
    return [title.strip() for title in re.findall(r'<p class="wy-title">([^<]*)', text)]


def reply_to(conversation: Conversation) -> Message:
    return Message.objects.get(conversation=conversation, author=Message.Author.BOT)


def test_an_answer_shows_the_passages_it_rests_on_and_each_step(
    client_for: ClientFor, receive: Callable[..., Message], prices: Source
) -> None:
    asked = receive("How much is an electric bike?")
    take_turn()
    text = page(client_for(Role.VENDOR), reply_to(asked.conversation))
    assert '<h1 class="ll-page__title">Why this answer</h1>' in text
    assert ["How much is an electric bike?" in text, PRICES in text, "Prices</b>" in text] == [True] * 3
    assert "wy-passage--used" in text
    said = steps(text)
    assert said[0] == "Stored"
    assert f"prompt {Turn.objects.get().prompt[:12]}" in text
    assert ["The answer rests on what the bot knows" in said, "Answered" in said] == [True, True]


def test_the_question_leads_to_the_same(client_for: ClientFor, receive: Callable[..., Message], prices: Source) -> None:
    asked = receive("How much is an electric bike?")
    take_turn()
    client = client_for(Role.OWNER)
    assert steps(page(client, asked)) == steps(page(client, reply_to(asked.conversation)))
    thread = client.get(address(asked.conversation)).content.decode()
    assert thread.count("/why/") == 2


def test_a_silence_has_its_reason(client_for: ClientFor, receive: Callable[..., Message]) -> None:
    asked = receive("Hello?")
    switch_ai(asked.conversation, on=False)
    take_turn()
    text = page(client_for(Role.VIEWER), asked)
    assert "People have the conversation. Nothing was sent." in text
    assert steps(text)[-1] == Turn.Outcome.PERSON_TALKING.label


def test_what_is_not_decided_yet_says_when_it_will_be(client_for: ClientFor, receive: Callable[..., Message]) -> None:
    asked = receive("Hello?")
    client = client_for(Role.VIEWER)
    assert steps(page(client, asked))[-1] == "The bot decides at this time, unless more comes before"
    WorkItem.objects.all().delete()
    assert steps(page(client, asked))[-1] == "Nobody has decided about this yet"


def test_a_passage_that_was_removed_since_is_named_as_such(
    client_for: ClientFor, receive: Callable[..., Message], prices: Source
) -> None:
    asked = receive("How much is an electric bike?")
    take_turn()
    prices.delete()
    assert "Removed since" in page(client_for(Role.OWNER), asked)


def test_a_note_of_the_team_and_another_conversations_message_have_no_such_page(
    client_for: ClientFor, receive: Callable[..., Message]
) -> None:
    asked = receive("Hello?")
    note = Message.objects.create(
        conversation=asked.conversation, inbox=asked.inbox, author=Message.Author.NOTE,
        direction=Message.Direction.OUT, text="Careful", state=Message.State.SENT,
    )  # fmt: skip
    elsewhere = receive("Hi", phone="447700900999")
    client = client_for(Role.OWNER)
    for message in (note, elsewhere):
        found = client.get(address(asked.conversation, f"messages/{message.pk}/why/"))
        assert found.status_code == 404


def test_many_messages_cost_no_more_queries(
    client_for: ClientFor, receive: Callable[..., Message], prices: Source
) -> None:
    one = receive("How much is an electric bike?", phone="447700900999")
    take_turn()
    asked = [receive(f"How much is bike {number}?") for number in range(12)]
    take_turn()
    client = client_for(Role.OWNER)
    page(client, one)
    counts = []
    for message in (one, asked[0]):
        with CaptureQueriesContext(connection) as queries:
            page(client, message)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
