"""What a contact writes becomes contact, conversation and message, once, and makes the turn due."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.bots.models import Bot
from apps.contacts.models import Contact, Identity
from apps.conversations import services
from apps.conversations.models import Conversation, Message
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.providers.base import ContentKind, IdentityKind, Party
from apps.providers.base import Identity as Known
from apps.tenants.models import Hook, Workspace
from apps.work.models import WorkItem
from tests.conftest import CUSTOMER, inbound
from tests.furnished import wipe

Receive = Callable[..., Message]


def turns_due() -> list[str]:
    return list(WorkItem.objects.filter(kind="dialogue.take_turns", due_at__isnull=False).values_list("key", flat=True))


def test_a_first_message_makes_contact_conversation_and_a_due_turn(receive: Receive) -> None:
    message = receive("Are you open today?")
    conversation = message.conversation
    assert (conversation.contact.name, conversation.contact.phone) == ("Maya Lind", f"+{CUSTOMER}")
    assert (conversation.preview, conversation.unread, conversation.ai_on) == ("Are you open today?", 1, True)
    assert (message.state, message.direction, message.answered_at) == ("received", "in", None)
    assert turns_due() == [str(conversation.pk)]


def test_a_repeated_message_is_stored_once(inbox: Inbox) -> None:
    one = inbound("Hello")
    first, second = services.receive(inbox, one), services.receive(inbox, one)
    assert first == second
    assert Message.objects.count() == 1
    assert Conversation.objects.get().unread == 1


def test_text_survives_as_sent(receive: Receive) -> None:
    text = "שלום 👩‍👩‍👧 مرحبا \u202eabc " + "x" * 65_536
    assert Message.objects.get(pk=receive(text).pk).text == text


def test_a_person_without_a_phone_is_known_by_their_id(receive: Receive) -> None:
    who = Party((Known(IdentityKind.BSUID, "GB.13491208655302741918"),), "Ada")
    first, second = receive("Hi", sender=who), receive("Me again", sender=who)
    assert first.conversation == second.conversation
    assert first.conversation.contact.phone == ""
    assert first.conversation.contact.label == "Ada"


def test_an_id_seen_beside_the_phone_finds_the_contact_later_without_it(receive: Receive) -> None:
    both = Party((Known(IdentityKind.PHONE, CUSTOMER), Known(IdentityKind.BSUID, "GB.1")), "Ada")
    first = receive("Hi", sender=both)
    second = receive("Hi", sender=Party((Known(IdentityKind.BSUID, "GB.1"),), "Ada"))
    assert first.conversation == second.conversation
    assert Contact.objects.count() == 1


def test_two_people_are_not_merged_when_a_message_names_identities_of_both(receive: Receive) -> None:
    ada = receive("Hi", sender=Party((Known(IdentityKind.PHONE, "441"),), "Ada")).conversation.contact
    ben = receive("Hi", sender=Party((Known(IdentityKind.BSUID, "GB.2"),), "Ben")).conversation.contact
    mixed = Party((Known(IdentityKind.PHONE, "441"), Known(IdentityKind.BSUID, "GB.2")), "Ada")
    assert receive("Hi", sender=mixed).conversation.contact == ada
    assert Identity.objects.get(value="GB.2").contact == ben


def test_a_changed_number_is_the_same_contact(receive: Receive) -> None:
    old = receive("Hi", phone="447700900001").conversation
    receive(
        "",
        phone="447700900001",
        kind=ContentKind.SYSTEM,
        content={"type": "user_changed_number", "old_phone": "447700900001", "new_phone": "447700900002"},
    )
    assert receive("New number", phone="447700900002").conversation == old


@pytest.mark.parametrize("kind", [ContentKind.REACTION, ContentKind.SYSTEM, ContentKind.WELCOME])
def test_silent_kinds_open_no_conversation(inbox: Inbox, kind: ContentKind) -> None:
    assert services.receive(inbox, inbound("", kind=kind)) is None
    assert (Contact.objects.count(), Conversation.objects.count()) == (0, 0)


def test_a_reaction_is_kept_and_asks_for_no_answer(receive: Receive) -> None:
    conversation = receive("Hi").conversation
    WorkItem.objects.all().delete()
    receive("", kind=ContentKind.REACTION, content={"target": "wamid.x", "emoji": "👍"})
    conversation.refresh_from_db()
    assert conversation.messages.filter(kind="reaction", answered_at__isnull=False).count() == 1
    assert (turns_due(), conversation.preview, conversation.unread) == ([], "Hi", 1)


def test_an_edit_changes_the_text_and_a_deletion_removes_it(receive: Receive) -> None:
    first = receive("Two bikes")
    receive("Three bikes", kind=ContentKind.EDIT, content={"target": first.external_id})
    first.refresh_from_db()
    assert (first.text, first.content) == ("Three bikes", {"edited": True})
    receive("", kind=ContentKind.REVOKE, content={"target": first.external_id})
    first.refresh_from_db()
    assert (first.text, first.content) == ("", {"revoked": True})
    assert first.answered_at is not None


def test_a_strange_clock_does_not_move_the_reply_window_into_the_future(receive: Receive) -> None:
    conversation = receive("Hi", sent_at=timezone.now() + timedelta(days=300)).conversation
    assert conversation.last_inbound_at <= timezone.now()


def test_the_turn_waits_for_the_burst_but_not_for_ever(receive: Receive, bot: Bot) -> None:
    Bot.objects.filter(pk=bot.pk).update(quiet_seconds=3, quiet_limit_seconds=20)
    before = timezone.now()
    first = receive("one")
    started = timezone.now()
    due = WorkItem.objects.get(kind="dialogue.take_turns").due_at
    assert due is not None and before <= due - timedelta(seconds=3) <= started
    Message.objects.filter(pk=first.pk).update(created_at=started - timedelta(seconds=19))
    receive("two")
    due = WorkItem.objects.get(kind="dialogue.take_turns").due_at
    assert due is not None and due - started < timedelta(seconds=1.2)


def test_the_time_of_the_vendor_is_kept(receive: Receive) -> None:
    at = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert receive("Hi", sent_at=at).sent_at == at


@pytest.fixture
def committed_inbox(django_db_setup: None, django_db_blocker: Any) -> Iterator[Inbox]:
    """An inbox that other connections see; all of it removed afterwards."""
    with django_db_blocker.unblock():
        workspace = Workspace.objects.get(slug="acme")
        with tenants.enter(workspace):
            bot = Bot.objects.create(name="Race", business="Race")
            hook = Hook.objects.create(provider="whatsapp_cloud", secrets="s", verify_token="v")
            yield connect(
                workspace, provider="whatsapp_cloud", external_key="race", name="Race", bot=bot, hook=hook, token="t"
            )
        wipe(workspace)


def test_ten_pictures_of_a_new_contact_at_once_make_one_contact_and_ten_messages(committed_inbox: Inbox) -> None:
    barrier, errors = threading.Barrier(10), []
    workspace = connection.tenant

    def write(number: int) -> None:
        try:
            with tenants.enter(workspace):
                barrier.wait()
                services.receive(committed_inbox, inbound(f"{number}", external_id=f"wamid.{number % 5}.{number}"))
                services.receive(committed_inbox, inbound("again", external_id="wamid.same"))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (Contact.objects.count(), Conversation.objects.count(), Message.objects.count()) == (1, 1, 11)
