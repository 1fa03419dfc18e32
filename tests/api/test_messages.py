"""Messages sent by a program: taken for a person's, once per Idempotency-Key, refused where they could not arrive."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Role
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.inboxes.services import disconnect
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from tests.api.calling import Program
from tests.api.test_access import refused


@pytest.fixture
def conversation(ids: dict[str, int]) -> Conversation:
    """It waits for a person; the bot had something to say."""
    found = Conversation.objects.get(pk=ids["conversation"])
    services.queue(lock(found.pk), text="We do", author=Message.Author.BOT)
    return found


@pytest.fixture
def path(conversation: Conversation) -> str:
    """The address of its messages."""
    return f"conversations/{conversation.pk}/messages/"


def sent(conversation: Conversation) -> list[str]:
    return list(conversation.messages.filter(author="person").values_list("text", flat=True))


def test_a_message_waits_to_be_sent_and_says_who_wrote_it(
    program: Program, conversation: Conversation, path: str
) -> None:
    answer = program.post(path, {"text": "  Come by at nine.\n"})
    assert answer.status_code == 201
    said = answer.json()
    shown = {
        name: said[name] for name in ("conversation", "direction", "author", "user", "via", "kind", "text", "state")
    }
    assert shown == {
        **{"conversation": conversation.pk, "direction": "out", "author": "person", "user": None, "via": "CRM"},
        **{"kind": "text", "text": "Come by at nine.", "state": "pending"},
    }
    assert WorkItem.objects.filter(kind="conversations.deliver", key=str(conversation.pk)).exists()
    assert program.get(path).json()["results"][0] == said


def test_it_takes_the_conversation_over_for_nobody_in_particular(
    program: Program, conversation: Conversation, path: str
) -> None:
    program.post(path, {"text": "Come by"})
    now = Conversation.objects.get(pk=conversation.pk)
    assert (now.epoch, now.ai_paused_why, now.vendor) == (conversation.epoch + 1, "person", None)
    assert list(conversation.messages.filter(author="bot").values_list("state", flat=True)) == ["cancelled"]
    assert Handoff.objects.get(conversation=conversation).state == Handoff.State.PENDING
    assert program.get(f"conversations/{conversation.pk}/").json()["bot_answers"] is False


def test_the_panel_names_the_key(
    program: Program, path: str, conversation: Conversation, client_for: Callable[..., Client]
) -> None:
    program.post(path, {"text": "Come by"})
    page = client_for(Role.OWNER).get(f"/w/acme/c/{conversation.pk}/").content.decode()
    assert "CRM (by the API)" in page


def test_the_same_key_sends_once(program: Program, conversation: Conversation, path: str) -> None:
    key = str(uuid.uuid4())
    first, second = (program.post(path, {"text": "Come by"}, Idempotency_Key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert sent(conversation) == ["Come by"]
    assert str(Message.objects.get(pk=first.json()["id"]).key) == key


def test_a_repeat_is_answered_also_when_sending_has_become_impossible(
    program: Program, conversation: Conversation, path: str, inbox: Inbox, workspace: Workspace
) -> None:
    key = str(uuid.uuid4())
    program.post(path, {"text": "Come by"}, Idempotency_Key=key)
    disconnect(workspace, inbox)
    assert program.post(path, {"text": "Come by"}, Idempotency_Key=key).status_code == 200


def test_a_key_of_another_message_is_refused(
    program: Program, conversation: Conversation, path: str, ids: dict[str, int]
) -> None:
    key = str(uuid.uuid4())
    program.post(path, {"text": "Come by"}, Idempotency_Key=key)
    other = f"conversations/{ids['conversation_without']}/messages/"
    for where, text in ((path, "Stay away"), (other, "Come by")):
        assert "another message" in refused(program.post(where, {"text": text}, Idempotency_Key=key), 409)
    bots = str(conversation.messages.get(author="bot").key)
    assert "another message" in refused(program.post(path, {"text": "We do"}, Idempotency_Key=bots), 409)
    assert sent(conversation) == ["Come by"]
    assert Message.objects.filter(conversation=ids["conversation_without"], author="person").count() == 0


def test_a_key_that_another_message_takes_meanwhile_is_refused(
    program: Program, conversation: Conversation, path: str, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, reply = uuid.uuid4(), services.reply
    beside = Conversation.objects.get(pk=ids["conversation_without"])

    def late(*given: object, **named: object) -> Message:
        reply(beside, text="First", user=None, key=key)
        return reply(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "reply", late)
    assert "another message" in refused(program.post(path, {"text": "Come by"}, Idempotency_Key=str(key)), 409)
    assert sent(conversation) == []


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "x" * 5000])
def test_a_key_that_is_no_uuid_is_refused(program: Program, conversation: Conversation, path: str, key: str) -> None:
    answer = program.post(path, {"text": "Come by"}, Idempotency_Key=key)
    refused(answer, 400)
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert sent(conversation) == []


def test_without_a_key_each_call_is_a_message(program: Program, conversation: Conversation, path: str) -> None:
    for _ in range(2):
        assert program.post(path, {"text": "Come by"}).status_code == 201
    assert sent(conversation) == ["Come by", "Come by"]


@pytest.mark.parametrize(
    "body",
    [{}, {"text": ""}, {"text": "  \n"}, {"text": None}, {"text": ["a"]}, {"text": "a\x00b"}, {"text": "\ud800"}],
)
def test_a_message_without_words_is_refused(
    program: Program, conversation: Conversation, path: str, body: object
) -> None:
    answer = program.post(path, body)
    refused(answer, 400)
    assert list(answer.json()["errors"]) == ["text"]
    assert sent(conversation) == []
    assert Conversation.objects.get(pk=conversation.pk).ai_paused_why == "handoff"


def test_a_message_longer_than_the_provider_takes_is_refused(
    program: Program, conversation: Conversation, path: str
) -> None:
    assert "4,096 characters" in refused(program.post(path, {"text": "a" * 4097}), 400)
    assert program.post(path, {"text": "a" * 4096}).status_code == 201
    assert len(sent(conversation)) == 1


def test_nothing_is_sent_once_the_window_has_closed(program: Program, conversation: Conversation, path: str) -> None:
    Conversation.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    assert "reply window" in refused(program.post(path, {"text": "Come by"}), 409)
    assert sent(conversation) == []
    assert Conversation.objects.get(pk=conversation.pk).epoch == conversation.epoch


def test_nothing_is_sent_by_a_disconnected_inbox(
    program: Program, conversation: Conversation, path: str, inbox: Inbox, workspace: Workspace
) -> None:
    disconnect(workspace, inbox)
    assert "disconnected" in refused(program.post(path, {"text": "Come by"}), 409)
    assert sent(conversation) == []


def test_what_a_program_may_not_say_is_ignored(program: Program, conversation: Conversation, path: str) -> None:
    body = {
        **{"text": "Come by", "author": "contact", "direction": "in", "state": "read", "via": "Somebody", "user": 1},
        **{"conversation": 0, "external_id": "wamid.mine", "created_at": "2020-01-01T00:00:00Z", "id": 1, "key": "x"},
    }
    said = program.post(path, body).json()
    assert (said["author"], said["direction"], said["state"], said["via"]) == ("person", "out", "pending", "CRM")
    assert (said["user"], said["external_id"], said["conversation"]) == (None, None, conversation.pk)


def test_a_member_who_wrote_is_named(
    program: Program, conversation: Conversation, path: str, member: Callable[..., object]
) -> None:
    vendor = member(Role.VENDOR, "vera@example.org").user  # type: ignore[attr-defined]
    services.reply(conversation, text="Hi", user=vendor)
    assert program.get(path).json()["results"][0]["user"] == {"id": vendor.pk, "name": "vera@example.org"}
