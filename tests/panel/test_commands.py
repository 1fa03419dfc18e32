"""What a person does to a conversation: answering, taking over, handing back, sending again."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Membership, Role
from apps.conversations.models import Conversation, Message
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.work.models import WorkItem
from tests.panel.cast import address, as_htmx, outgoing

Make = Callable[..., Conversation]
Browser = Callable[..., Client]
State = Message.State


@pytest.fixture
def conversation(make_conversation: Make) -> Conversation:
    return make_conversation("Do you have it in blue?")


@pytest.fixture
def vera(member: Any) -> Membership:
    found: Membership = member(Role.VENDOR, "vera@example.org")
    return found


@pytest.fixture
def browser(client_for: Browser, vera: Membership) -> Client:
    return client_for(None, user=vera.user)


def form(text: str = "Yes, in blue too.") -> dict[str, str]:
    return {"text": text, "key": str(uuid.uuid4())}


def post(browser: Client, conversation: Conversation, rest: str, **said: str) -> Any:
    return browser.post(address(conversation, rest), said, headers=as_htmx(f"section#thread-{conversation.pk}"))


def test_a_reply_is_queued_shown_and_takes_over(browser: Client, conversation: Conversation, vera: Membership) -> None:
    answer = post(browser, conversation, "reply/", **form())
    message = Message.objects.get(direction="out")
    assert (message.text, message.author, message.user, message.state) == (
        "Yes, in blue too.",
        "person",
        vera.user,
        "pending",
    )
    shown = answer.content.decode().split(f'id="m-{message.pk}"')[1]
    assert "Yes, in blue too." in shown and "ll-tick--pending" in shown
    conversation.refresh_from_db()
    assert (conversation.ai_on, conversation.vendor) == (False, vera.user)
    assert WorkItem.objects.filter(
        kind="conversations.deliver", key=str(conversation.pk), due_at__isnull=False
    ).exists()


def test_a_reply_renews_the_key_and_asks_the_other_panes_to_look(browser: Client, conversation: Conversation) -> None:
    said = form()
    events = post(browser, conversation, "reply/", **said)["HX-Trigger"]
    assert '"panel:sent": {"key": "' in events and said["key"] not in events
    assert '"live:list"' in events and '"live:lead"' in events


def test_the_same_form_sent_twice_is_one_message(browser: Client, conversation: Conversation) -> None:
    said = form()
    answers = [post(browser, conversation, "reply/", **said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Message.objects.filter(direction="out").count() == 1


def test_the_same_words_in_another_form_are_another_message(browser: Client, conversation: Conversation) -> None:
    for _ in range(2):
        post(browser, conversation, "reply/", **form("Yes"))
    assert Message.objects.filter(direction="out", text="Yes").count() == 2


@pytest.mark.parametrize("text", ["", "   \n ", "\x00"])
def test_an_empty_reply_is_refused_in_words(browser: Client, conversation: Conversation, text: str) -> None:
    answer = post(browser, conversation, "reply/", **form(text))
    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#notice")
    assert "Write something before you send." in answer.content.decode()
    conversation.refresh_from_db()
    assert (Message.objects.filter(direction="out").count(), conversation.ai_on) == (0, True)


@pytest.mark.parametrize("key", ["", "not-a-key", "7b1f"])
def test_a_form_without_a_key_is_refused(browser: Client, conversation: Conversation, key: str) -> None:
    assert post(browser, conversation, "reply/", text="Yes", key=key).status_code == 422
    assert Message.objects.filter(direction="out").count() == 0


def test_the_key_of_another_conversations_message_is_refused(
    browser: Client, conversation: Conversation, make_conversation: Make
) -> None:
    said = form()
    post(browser, make_conversation(phone="447700900999"), "reply/", **said)
    assert post(browser, conversation, "reply/", **said).status_code == 422
    assert conversation.messages.filter(direction="out").count() == 0


def test_a_reply_after_the_window_closed_is_refused(browser: Client, conversation: Conversation) -> None:
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    answer = post(browser, conversation, "reply/", **form())
    assert (answer.status_code, Message.objects.filter(direction="out").count()) == (422, 0)
    assert "The reply window is closed until the contact writes again." in answer.content.decode()


def test_without_script_a_reply_leads_back_to_the_page(browser: Client, conversation: Conversation) -> None:
    answer = browser.post(address(conversation, "reply/"), form())
    assert (answer.status_code, answer["Location"]) == (302, address(conversation))
    refused = browser.post(address(conversation, "reply/"), form(""), follow=True)
    assert "Write something before you send." in refused.content.decode()


def test_taking_over_gives_the_waiting_conversation_to_who_asked(
    browser: Client, conversation: Conversation, vera: Membership
) -> None:
    handoff = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="")
    page = post(browser, conversation, "take/").content.decode()
    handoff.refresh_from_db()
    conversation.refresh_from_db()
    assert (handoff.state, handoff.user, conversation.vendor) == ("assigned", vera.user, vera.user)
    assert "You have this conversation." in page


def test_taking_over_cancels_what_the_bot_had_not_sent(browser: Client, conversation: Conversation) -> None:
    message = outgoing(conversation, State.PENDING, external_id=None)
    page = post(browser, conversation, "take/").content.decode()
    message.refresh_from_db()
    assert message.state == "cancelled" and "Not sent: a person took over, or the bot was switched off." in page


def test_resolving_lets_the_bot_answer_again(browser: Client, conversation: Conversation) -> None:
    handoff = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.BOT, reason="It does not know")
    post(browser, conversation, "resolve/")
    handoff.refresh_from_db()
    conversation.refresh_from_db()
    assert (handoff.state, conversation.ai_on) == ("resolved", True)


def test_the_switch_silences_the_bot_and_wakes_it(browser: Client, conversation: Conversation) -> None:
    assert 'aria-checked="false"' in post(browser, conversation, "ai/", on="0").content.decode()
    conversation.refresh_from_db()
    assert (conversation.ai_on, conversation.ai_paused_why) == (False, "switch")
    assert 'aria-checked="true"' in post(browser, conversation, "ai/", on="1").content.decode()
    conversation.refresh_from_db()
    assert conversation.ai_on


def test_switching_the_bot_on_resolves_the_open_handoff(browser: Client, conversation: Conversation) -> None:
    open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason="")
    post(browser, conversation, "ai/", on="1")
    assert Handoff.objects.get().state == "resolved"


def test_a_failed_message_is_sent_again(browser: Client, conversation: Conversation) -> None:
    message = outgoing(conversation, State.FAILED, external_id=None, trouble="undeliverable", attempts=4)
    page = post(browser, conversation, f"messages/{message.pk}/retry/").content.decode()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.trouble) == ("pending", 0, "")
    assert "ll-tick--pending" in page.split(f'id="m-{message.pk}"')[1]


def test_an_unconfirmed_message_is_sent_again_as_the_persons_who_has_the_conversation_now(
    browser: Client, conversation: Conversation
) -> None:
    message = outgoing(conversation, State.UNCONFIRMED, external_id=None, trouble="ambiguous")
    key = message.key
    assert post(browser, conversation, f"messages/{message.pk}/retry/").status_code == 200
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.state, message.author, message.key, message.user) == ("pending", "person", key, conversation.vendor)
    assert (conversation.ai_on, conversation.ai_paused_why, message.epoch) == (False, "person", conversation.epoch)


def test_somebody_says_that_an_unconfirmed_message_arrived_and_the_bot_goes_on(
    browser: Client, conversation: Conversation
) -> None:
    message = outgoing(conversation, State.UNCONFIRMED, external_id=None, trouble="ambiguous")
    page = post(browser, conversation, f"messages/{message.pk}/arrived/").content.decode()
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.state, message.trouble, message.author, conversation.ai_on) == ("sent", "", "bot", True)
    assert "ll-tick--sent" in page.split(f'id="m-{message.pk}"')[1]


@pytest.mark.parametrize("decided_by", ["retry", "arrived"])
@pytest.mark.parametrize("again", ["retry", "arrived"])
def test_an_unconfirmed_message_is_decided_once(
    browser: Client, conversation: Conversation, decided_by: str, again: str
) -> None:
    message = outgoing(conversation, State.UNCONFIRMED, external_id=None)
    post(browser, conversation, f"messages/{message.pk}/{decided_by}/")
    before = Message.objects.values().get(pk=message.pk)
    refused = post(browser, conversation, f"messages/{message.pk}/{again}/")
    assert (refused.status_code, b"decided already" in refused.content) == (409, True)
    assert Message.objects.values().get(pk=message.pk) == before


DECIDABLE = {"retry": (State.FAILED, State.UNCONFIRMED), "arrived": (State.UNCONFIRMED,)}


@pytest.mark.parametrize(
    ("how", "state"),
    [(how, state) for how, decidable in DECIDABLE.items() for state in State if state not in decidable],
)
def test_nothing_else_is_to_be_decided(browser: Client, conversation: Conversation, how: str, state: State) -> None:
    message = outgoing(conversation, state)
    assert post(browser, conversation, f"messages/{message.pk}/{how}/").status_code == 409
    message.refresh_from_db()
    conversation.refresh_from_db()
    assert (message.state, conversation.ai_on, conversation.epoch) == (state, True, 0)


def test_a_message_is_sent_again_only_in_its_own_conversation(
    browser: Client, conversation: Conversation, make_conversation: Make
) -> None:
    elsewhere = outgoing(make_conversation(phone="447700900999"), State.FAILED)
    assert post(browser, conversation, f"messages/{elsewhere.pk}/retry/").status_code == 404
    elsewhere.refresh_from_db()
    assert elsewhere.state == "failed"


def test_seen_counts_nothing_unread_any_more(browser: Client, conversation: Conversation) -> None:
    assert (conversation.unread, post(browser, conversation, "seen/").status_code) == (1, 204)
    conversation.refresh_from_db()
    assert conversation.unread == 0


def test_open_pages_are_told_of_a_reply(
    browser: Client, conversation: Conversation, pushed: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post(browser, conversation, "reply/", **form())
    told = [(groups, payload) for groups, payload in pushed if payload["type"] == "conversation"]
    assert told and {payload["id"] for _, payload in told} == {conversation.pk}
    assert all("Yes, in blue too." not in str(payload) for _, payload in pushed)
