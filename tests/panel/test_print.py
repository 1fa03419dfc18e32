"""A conversation on paper: all of it, for who may see it, without the team's notes unless they are asked for."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.conversations.models import Conversation, Message
from apps.panel.views import printing
from tests.panel.cast import address, outgoing

ClientFor = Callable[..., Client]


def note(conversation: Conversation, text: str) -> Message:
    return Message.objects.create(
        conversation=conversation, inbox=conversation.inbox, author=Message.Author.NOTE,
        direction=Message.Direction.OUT, text=text, state=Message.State.SENT,
    )  # fmt: skip


def texts(page: str) -> list[str]:
    return re.findall(r'<p class="pr-text" dir="auto">(.*?)</p>', page)


def printed(client: Client, conversation: Conversation, query: str = "") -> str:
    answer = client.get(address(conversation, f"print/{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_whole_conversation_stands_there_in_order(client_for: ClientFor, receive: Callable[..., Message]) -> None:
    first = receive("Is the red one in stock?")
    outgoing(first.conversation, Message.State.READ, "Two of them")
    receive("I take both")
    page = printed(client_for(Role.VIEWER), first.conversation)
    assert texts(page) == ["Is the red one in stock?", "Two of them", "I take both"]
    assert "<title>Maya Lind · Conversation · Acme Cycles</title>" in page
    assert ["Conversation with Maya Lind" in page, "Acme on WhatsApp" in page, "3: " in page] == [True] * 3


def test_more_than_a_page_of_the_panel_is_printed(
    client_for: ClientFor, make_conversation: Callable[..., Conversation], django_assert_max_num_queries: Any
) -> None:
    conversation = make_conversation("0")
    for number in range(1, 131):
        outgoing(conversation, Message.State.SENT, str(number))
    client = client_for(Role.OWNER)
    with django_assert_max_num_queries(25):
        page = printed(client, conversation)
    assert texts(page) == [str(number) for number in range(131)]
    assert "left out" not in page


def test_what_is_too_much_for_a_sheet_is_on_another(
    client_for: ClientFor, make_conversation: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "MOST", 3)
    conversation = make_conversation("0")
    for number in range(1, 4):
        outgoing(conversation, Message.State.SENT, str(number))
    client = client_for(Role.OWNER)
    page = printed(client, conversation)
    assert texts(page) == ["1", "2", "3"]
    assert "These are 3 messages. Older ones are on a sheet of their own." in page
    (link,) = re.findall(r'href="(\?before=\d+)"', page)
    older = printed(client, conversation, link)
    assert texts(older) == ["0"] and "Newer messages are on another sheet." in older
    assert "Older messages" not in older


def test_notes_of_the_team_are_printed_only_when_asked_for(
    client_for: ClientFor, make_conversation: Callable[..., Conversation]
) -> None:
    conversation = make_conversation("Hello")
    client = client_for(Role.OWNER)
    assert "notes=1" not in printed(client, conversation)
    note(conversation, "Pays late")
    without, with_them = printed(client, conversation), printed(client, conversation, "?notes=1")
    assert (texts(without), "Pays late" in without, 'href="?notes=1"' in without) == (["Hello"], False, True)
    assert (texts(with_them), "Private note" in with_them) == (["Hello", "Pays late"], True)
    assert "Not for the contact" in with_them


@pytest.mark.parametrize("query", ["?notes=0", "?notes=", "?notes=2", "?notes=1%00"])
def test_any_other_word_asks_for_no_notes(
    client_for: ClientFor, make_conversation: Callable[..., Conversation], query: str
) -> None:
    conversation = make_conversation("Hello")
    note(conversation, "Pays late")
    assert "Pays late" not in printed(client_for(Role.OWNER), conversation, query)


def test_times_are_the_readers_and_say_whose(client_for: ClientFor, receive: Callable[..., Message]) -> None:
    message = receive("Hello", sent_at=datetime(2026, 1, 5, 23, 30, tzinfo=UTC))
    client = client_for(Role.OWNER)
    client.cookies["zone"] = "Asia%2FTokyo"
    page = printed(client, message.conversation)
    assert "Asia/Tokyo (UTC+0900)" in page
    assert [">08:30</time>" in page, "Tuesday, 6 January 2026" in page] == [True, True]


def test_words_of_the_contact_stay_words(client_for: ClientFor, receive: Callable[..., Message]) -> None:
    hostile = "<script>alert(1)</script>"
    page = printed(client_for(Role.OWNER), receive(hostile, name=hostile).conversation)
    assert hostile not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3


def test_a_conversation_without_words_says_so(
    client_for: ClientFor, make_conversation: Callable[..., Conversation]
) -> None:
    conversation = make_conversation("Hello")
    Message.objects.all().delete()
    assert "Nothing has been written here yet." in printed(client_for(Role.OWNER), conversation)


def test_a_vendor_prints_what_a_vendor_sees(
    client_for: ClientFor, make_conversation: Callable[..., Conversation], member: Any
) -> None:
    conversation, vendor = make_conversation("Hello"), client_for(Role.VENDOR)
    assert vendor.get(address(conversation, "print/")).status_code == 200
    Conversation.objects.filter(pk=conversation.pk).update(vendor=member(Role.VENDOR).user)
    assert vendor.get(address(conversation, "print/")).status_code == 404


def test_printing_reads_and_changes_nothing(
    client_for: ClientFor, make_conversation: Callable[..., Conversation]
) -> None:
    conversation = make_conversation("Hello")
    before = Conversation.objects.values().get(pk=conversation.pk)
    client = client_for(Role.OWNER)
    printed(client, conversation)
    assert Conversation.objects.values().get(pk=conversation.pk) == before
    assert client.post(address(conversation, "print/")).status_code == 405


def test_the_thread_leads_there(client_for: ClientFor, make_conversation: Callable[..., Conversation]) -> None:
    conversation = make_conversation("Hello")
    assert (
        f'href="{address(conversation, "print/")}"'
        in client_for(Role.VENDOR).get(address(conversation)).content.decode()
    )
