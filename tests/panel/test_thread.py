"""What the thread shows of each kind of message and of each state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Role
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.providers.base import ContentKind
from tests.panel.cast import address, as_htmx, outgoing

Make = Callable[..., Conversation]
Browser = Callable[..., Client]
State = Message.State


def thread(browser: Client, conversation: Conversation, **query: Any) -> str:
    return browser.get(address(conversation, "fragments/thread/"), query, headers=as_htmx()).content.decode()


def bubble(page: str, message: Message) -> str:
    """The part of the page that is this message's."""
    return page.split(f'id="m-{message.pk}"')[1].split("</li>")[0]


@pytest.mark.parametrize(
    ("state", "said", "mark"),
    [
        (State.PENDING, "Waiting to be sent", "ll-tick--pending"),
        (State.SENDING, "Being sent", "ll-tick--sending"),
        (State.SENT, "Sent", "ll-tick--sent"),
        (State.DELIVERED, "Delivered", "ll-tick--delivered"),
        (State.READ, "Read", "ll-tick--read"),
        (State.UNKNOWN, "We do not know yet whether this arrived. It may clear up by itself.", "ll-tick--unknown"),
        (State.CANCELLED, "Not sent: a person took over, or the bot was switched off.", "pn-cancelled"),
    ],
)
def test_each_state_is_shown_and_spoken(
    client_for: Browser, make_conversation: Make, state: State, said: str, mark: str
) -> None:
    conversation = make_conversation()
    message = outgoing(conversation, state)
    page = thread(client_for(Role.OWNER), conversation)
    shown = page.split(f'id="m-{message.pk}"')[0][-120:] + bubble(page, message)
    assert said in shown and mark in shown
    assert "Send again" not in shown and "It arrived" not in shown


def test_an_unconfirmed_message_is_shown_with_the_two_things_that_can_be_done(
    client_for: Browser, make_conversation: Make
) -> None:
    conversation = make_conversation()
    message = outgoing(conversation, State.UNCONFIRMED, trouble="ambiguous")
    shown = bubble(thread(client_for(Role.VENDOR), conversation), message)
    assert "We do not know whether this arrived. Do you?" in shown and "ll-tick--unconfirmed" in shown
    for name, words in (("retry", "Resend"), ("arrived", "It arrived")):
        assert f'action="{address(conversation, f"messages/{message.pk}/{name}/")}"' in shown and words in shown
    read_only = bubble(thread(client_for(Role.VIEWER), conversation), message)
    assert "Resend" not in read_only and "It arrived" not in read_only


def test_a_failed_message_says_why_and_can_be_sent_again(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    message = outgoing(conversation, State.FAILED, trouble="window_closed", trouble_code="131047")
    shown = bubble(thread(client_for(Role.VENDOR), conversation), message)
    assert "The person has not written for 24 hours." in shown and "(131047)" in shown
    assert f"messages/{message.pk}/retry/" in shown and "Send again" in shown
    assert "Send again" not in bubble(thread(client_for(Role.VIEWER), conversation), message)


CONTENT = [
    (ContentKind.IMAGE, "The dent", {"media_id": "1", "mime_type": "image/jpeg"}, ["Photo", "The dent", "image/jpeg"]),
    (ContentKind.VIDEO, "", {"media_id": "1", "mime_type": "video/mp4"}, ["Video"]),
    (ContentKind.AUDIO, "", {"media_id": "1", "mime_type": "audio/ogg", "voice": True}, ["Voice message"]),
    (ContentKind.AUDIO, "", {"media_id": "1", "mime_type": "audio/ogg"}, ["Audio"]),
    (ContentKind.DOCUMENT, "", {"media_id": "1", "mime_type": "x", "filename": "offer.pdf"}, ["offer.pdf"]),
    (ContentKind.STICKER, "", {"media_id": "1", "mime_type": "image/webp"}, ["Sticker"]),
    (ContentKind.IMAGE, "", {"media_id": "", "mime_type": ""}, ["Photo", "The provider could not keep it for us"]),
    (
        ContentKind.LOCATION,
        "Depot, 1 Quay",
        {"latitude": 51.4492, "longitude": -2.5967, "name": "Depot", "address": "1 Quay"},
        ["Depot", "1 Quay", "51.44920, -2.59670", "mlat=51.4492&amp;mlon=-2.5967", "Open in a map"],
    ),
    (ContentKind.LOCATION, "", {"latitude": None, "longitude": "x"}, ["Location"]),
    (ContentKind.CONTACTS, "Ann Lee +44 1", {"contacts": [{}]}, ["Contact card", "Ann Lee +44 1"]),
    (ContentKind.CONTACTS, "Ann\nBo", {"contacts": [{}, {}]}, ["2 contact cards"]),
    (
        ContentKind.CHOICE,
        "Full service",
        {"source": "list", "id": "s2", "title": "Full service", "description": "£95"},
        ["Full service", "Chosen from a list · £95"],
    ),
    (ContentKind.CHOICE, "Yes", {"source": "button", "id": "y", "title": "Yes"}, ["Tapped a button"]),
    (
        ContentKind.FORM,
        "Sent",
        {"name": "booking", "body": "Sent", "response": {"day": "Friday", "flow_token": "secret-token"}},
        ["booking", "day: Friday"],
    ),
    (ContentKind.FORM, "Sent", {"name": "", "body": "Sent", "response": None}, ["Form", "Sent"]),
    (
        ContentKind.ORDER,
        "Please",
        {"catalog_id": "1", "items": [{"product_id": "bell-7", "quantity": 2}]},
        ["Order", "2 × bell-7", "Please"],
    ),
    (ContentKind.UNSUPPORTED, "", {"type": "poll", "errors": []}, ["Something the provider could not show us", "poll"]),
]


@pytest.mark.parametrize(("kind", "text", "content", "said"), CONTENT)
def test_what_is_not_text_has_a_typed_placeholder(
    client_for: Browser, receive: Any, kind: ContentKind, text: str, content: dict[str, Any], said: list[str]
) -> None:
    message = receive(text, kind=kind, content=content)
    shown = bubble(thread(client_for(Role.OWNER), message.conversation), message)
    assert [words for words in said if words not in shown] == []
    assert "secret-token" not in shown and "An empty message" not in shown


def test_a_choice_is_not_said_twice(client_for: Browser, receive: Any) -> None:
    message = receive("Full service", kind=ContentKind.CHOICE, content={"source": "list", "title": "Full service"})
    assert bubble(thread(client_for(Role.OWNER), message.conversation), message).count("Full service") == 1


def test_a_reaction_stands_on_the_message_it_is_about(
    client_for: Browser, make_conversation: Make, receive: Any
) -> None:
    conversation = make_conversation()
    ours = outgoing(conversation, State.READ)
    reaction = receive("", kind=ContentKind.REACTION, content={"target": ours.external_id, "emoji": "👍"})
    page = thread(client_for(Role.OWNER), conversation)
    assert "👍" in bubble(page, ours)
    assert f'id="m-{reaction.pk}"' not in page
    receive("", kind=ContentKind.REACTION, content={"target": ours.external_id, "emoji": "🎉"})
    assert "👍" not in thread(client_for(Role.OWNER), conversation)
    receive("", kind=ContentKind.REACTION, content={"target": ours.external_id, "emoji": ""})
    assert "pn-reactions" not in thread(client_for(Role.OWNER), conversation)


def test_a_reaction_to_what_is_not_here_is_a_line_of_its_own(client_for: Browser, receive: Any) -> None:
    message = receive("Hello")
    receive("", kind=ContentKind.REACTION, content={"target": "wamid.elsewhere", "emoji": "👍"})
    assert "Reacted 👍 to a message that is not here." in thread(client_for(Role.OWNER), message.conversation)


def test_an_edit_changes_the_message_and_says_so(client_for: Browser, receive: Any) -> None:
    message = receive("Two bikes")
    edit = receive("Three bikes", kind=ContentKind.EDIT, content={"target": message.external_id})
    page = thread(client_for(Role.OWNER), message.conversation)
    assert "Three bikes" in bubble(page, message) and "edited" in bubble(page, message)
    assert f'id="m-{edit.pk}"' not in page and "Two bikes" not in page


def test_a_deleted_message_is_gone_and_says_so(client_for: Browser, receive: Any) -> None:
    message = receive("My card number", kind=ContentKind.IMAGE, content={"media_id": "1", "mime_type": "image/png"})
    receive("", kind=ContentKind.REVOKE, content={"target": message.external_id})
    page = thread(client_for(Role.OWNER), message.conversation)
    assert "Deleted by the contact" in bubble(page, message)
    assert "Photo" not in bubble(page, message) and "My card number" not in page


def test_an_answer_quotes_what_it_answers(client_for: Browser, receive: Any) -> None:
    first = receive("The red one?")
    answer = receive("Yes, that", reply_to=first.external_id)
    shown = bubble(thread(client_for(Role.OWNER), first.conversation), answer)
    assert '<blockquote class="ll-msg__quote" dir="auto">The red one?</blockquote>' in shown


def test_writers_are_told_apart(client_for: Browser, make_conversation: Make, member: Any) -> None:
    conversation = make_conversation()
    rosa = member(Role.VENDOR).user
    rosa.name = "Rosa Marsh"
    rosa.save()
    bot = outgoing(conversation, State.READ, "From the bot")
    person = outgoing(conversation, State.READ, "From Rosa", author=Message.Author.PERSON, user=rosa)
    phone = outgoing(conversation, State.SENT, "From the phone", author=Message.Author.PHONE)
    page = thread(client_for(Role.OWNER), conversation)
    assert f'class="ll-msg ll-msg--bot" id="m-{bot.pk}"' in page
    assert f'class="ll-msg ll-msg--person" id="m-{person.pk}"' in page
    assert "Bot" in bubble(page, bot) and "Rosa Marsh" in bubble(page, person)
    assert "From the phone app" in bubble(page, phone)


def test_days_are_marked_in_the_readers_own_zone(client_for: Browser, receive: Any) -> None:
    late = timezone.now().replace(year=2026, month=3, day=10, hour=20, minute=30)
    first = receive("Before", sent_at=late - timedelta(hours=2))
    receive("After", sent_at=late)
    browser = client_for(Role.OWNER)
    assert thread(browser, first.conversation).count('class="ll-day"') == 1
    browser.cookies["zone"] = "Asia/Tokyo"  # 03:30 and 05:30 on the 11th there
    page = thread(browser, first.conversation)
    assert 'id="day-2026-03-11"' in page and ">05:30<" in page
    browser.cookies["zone"] = "Asia/Kolkata"  # 00:00 and 02:00: still one day
    assert ">00:00<" in thread(browser, first.conversation)
    for rubbish in ("../../etc/passwd", "Not/AZone", "", "\x00"):
        browser.cookies["zone"] = rubbish
        assert ">20:30<" in thread(browser, first.conversation)


def test_what_people_write_is_shown_as_text(client_for: Browser, receive: Any) -> None:
    attack = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    message = receive(attack, name=attack)
    receive("", kind=ContentKind.DOCUMENT, content={"media_id": "1", "filename": attack, "mime_type": attack})
    receive(
        attack, kind=ContentKind.LOCATION, content={"latitude": 1, "longitude": 2, "name": attack, "address": attack}
    )
    receive("", kind=ContentKind.REACTION, content={"target": message.external_id, "emoji": attack})
    receive("", kind=ContentKind.UNSUPPORTED, content={"type": attack})
    page = client_for(Role.OWNER).get(address(message.conversation)).content.decode()
    assert "<script>alert" not in page and "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_right_to_left_emoji_and_64_kb_survive(client_for: Browser, receive: Any) -> None:
    text = "שלום עולם 👩‍👩‍👧 " + "ä" * 65_536
    message = receive(text)
    assert text in bubble(thread(client_for(Role.OWNER), message.conversation), message)


def test_after_brings_everything_since_up_to_date(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    messages = [outgoing(conversation, State.SENT, f"Number {number}") for number in range(5)]
    page = thread(client_for(Role.OWNER), conversation, after=messages[2].pk)
    assert [f'id="m-{message.pk}"' in page for message in messages] == [False, False, False, True, True]


def test_older_messages_come_a_page_at_a_time(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    for number in range(119):
        outgoing(conversation, State.SENT, f"Number {number}")
    browser = client_for(Role.OWNER)
    counts, after = [], None
    for _ in range(3):
        page = thread(browser, conversation, **({"after": after} if after is not None else {}))
        counts.append(page.count('id="m-'))
        after = int(page.split('id="older"')[1].split("after=")[1].split('"')[0]) if 'id="older"' in page else None
    assert (counts, after) == ([50, 100, 120], None)


def test_an_id_that_is_none_is_as_good_as_no_id(client_for: Browser, make_conversation: Make) -> None:
    browser, conversation = client_for(Role.OWNER), make_conversation("Still here")
    for given in ("-1", "x", "1e3", "9" * 30, "٣", ""):
        assert "Still here" in thread(browser, conversation, after=given)
    assert browser.get(f"/w/acme/c/{'9' * 30}/").status_code == 404


def test_more_messages_cost_no_more_queries(client_for: Browser, make_conversation: Make, receive: Any) -> None:
    conversation, browser = make_conversation(), client_for(Role.OWNER)
    user = services.take_over(conversation, user=None, why=Conversation.Paused.PERSON).vendor

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            thread(browser, conversation)
        return len([query for query in caught if "search_path" not in query["sql"]])

    first = receive("One")
    receive("Two", reply_to=first.external_id)
    thread(browser, conversation)  # the first request of a minute notes that somebody is there
    few = queries()
    for number in range(15):
        message = receive(f"Number {number}", reply_to=first.external_id)
        receive("", kind=ContentKind.REACTION, content={"target": message.external_id, "emoji": "👍"})
        outgoing(conversation, State.FAILED, user=user, author=Message.Author.PERSON)
    assert queries() == few


def test_an_open_window_says_until_when(client_for: Browser, make_conversation: Make) -> None:
    page = thread(client_for(Role.OWNER), make_conversation())
    assert "Open until" in page and "disabled" not in page


def test_a_closed_window_is_explained_and_the_box_disabled(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=24, seconds=1))
    page = thread(client_for(Role.OWNER), conversation)
    assert "has not written for 24 hours: the reply window closed on" in page
    assert '<fieldset class="pn-fieldset" disabled>' in page


def test_who_waits_is_told_with_the_reason(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="Wants to talk about a refund")
    page = thread(client_for(Role.VENDOR), conversation)
    assert "Waiting for a person." in page and "Wants to talk about a refund" in page
    assert "/take/" in page and "/resolve/" in page


def test_who_opted_out_and_a_broken_inbox_are_told(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    conversation.contact.opted_out_at = timezone.now()
    conversation.contact.save()
    conversation.inbox.state, conversation.inbox.trouble = "broken", "The token was taken back."
    conversation.inbox.save()
    page = thread(client_for(Role.OWNER), conversation)
    assert "not to be written to." in page and "The token was taken back." in page


def test_looking_changes_nothing(client_for: Browser, make_conversation: Make) -> None:
    conversation = make_conversation()
    browser = client_for(Role.OWNER)
    before = Conversation.objects.values().get()
    for rest in ("", "fragments/thread/", "fragments/lead/"):
        browser.get(address(conversation, rest))
    assert Conversation.objects.values().get() == before
