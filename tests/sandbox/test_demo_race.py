"""The demo reset while others are at work in it: on real connections, and every row is there for everybody."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps import tenants
from apps.conversations.models import Conversation, Message
from apps.conversations.services import receive
from apps.conversations.services.receiving import confirm
from apps.inboxes.models import Inbox
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from sandbox.demo import business, resetting
from sandbox.demo.furnishing import furnish
from sandbox.demo.resetting import BeingReset, reset
from sandbox.demo.script import talks
from sandbox.world.client import World
from tests.conftest import inbound
from tests.furnished import committed
from tests.sandbox.demo import BASE

SECONDS = 120.0
KEYS = [one.key for one in business.TEAM]


@pytest.fixture
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Workspace]:
    """The demo's business, committed; what it changed of the workspace itself is put back."""
    with committed(django_db_blocker) as (acme, _):
        workspace = acme.workspace
        before = {"name": workspace.name, "time_zone": workspace.time_zone}
        try:
            yield workspace
        finally:
            Workspace.objects.filter(pk=workspace.pk).update(**before)


def apart(work: Callable[[], None]) -> threading.Thread:
    """Runs the work in a thread with a connection of its own."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def held(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """A reset says that it has done all but the world's part, and goes on once it is told."""
    there, on = threading.Event(), threading.Event()
    register = resetting.register

    def wait(*given: Any, **named: Any) -> None:
        there.set()
        assert on.wait(SECONDS)
        register(*given, **named)

    monkeypatch.setattr(resetting, "register", wait)
    return there, on


def test_of_two_presses_at_once_one_resets(demo: Workspace, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    there, on = held(monkeypatch)
    first = apart(lambda: reset(demo, world, base=BASE))
    assert there.wait(SECONDS)
    with pytest.raises(BeingReset):
        reset(demo, world, base=BASE)
    on.set()
    first.join(SECONDS)
    with tenants.enter(demo):
        assert Conversation.objects.count() == len(talks(KEYS))


def test_a_message_that_comes_during_the_reset_is_there_after_it_and_is_answered(
    demo: Workspace, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset(demo, world, base=BASE)
    with tenants.enter(demo):
        inbox = Inbox.objects.get(external_key=business.PHONE_NUMBER_ID)
    there, on = held(monkeypatch)
    stored: list[Message | None] = []

    def write() -> None:
        with tenants.enter(demo):
            stored.append(receive(inbox, inbound("Are you open?", phone="447700900999")))

    resets = apart(lambda: reset(demo, world, base=BASE))
    assert there.wait(SECONDS)
    writes = apart(write)
    writes.join(0.5)
    assert stored == []  # it waits
    with tenants.enter(demo):
        assert Conversation.objects.count() == len(talks(KEYS))  # reading goes on
    on.set()
    for thread in (resets, writes):
        thread.join(SECONDS)
    (message,) = stored
    with tenants.enter(demo):
        assert message is not None and Message.objects.filter(pk=message.pk, text="Are you open?").exists()
        assert Conversation.objects.count() == len(talks(KEYS)) + 1
        due = WorkItem.objects.filter(workspace=demo, due_at__isnull=False)
        assert [(item.kind, item.key) for item in due] == [("dialogue.take_turns", str(message.conversation_id))]


def test_a_reset_waits_for_a_message_that_is_on_its_way(demo: Workspace, world: World) -> None:
    reset(demo, world, base=BASE)
    with tenants.enter(demo):
        sent = Message.objects.filter(author="bot", state="read").first()
        assert sent is not None
        Message.objects.filter(pk=sent.pk).update(state="sending", external_id=None, changed_at=timezone.now())
    done = threading.Event()
    resets = apart(lambda: (reset(demo, world, base=BASE), done.set())[0])
    assert not done.wait(1.0)
    with tenants.enter(demo):
        confirm(sent, "wamid.late")
        assert Message.objects.get(pk=sent.pk).state == "sent"
    assert done.wait(SECONDS)
    resets.join(SECONDS)
    with tenants.enter(demo):
        assert not Message.objects.filter(pk=sent.pk).exists()


def test_a_reset_waits_until_nobody_writes(demo: Workspace, world: World) -> None:
    with tenants.enter(demo):
        furnish(demo, website=world.url)
        begun, over = threading.Event(), threading.Event()
        lock = f'LOCK TABLE "{Message._meta.db_table}" IN ROW EXCLUSIVE MODE'

    def write() -> None:
        with tenants.enter(demo), connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(lock)
            begun.set()
            assert over.wait(SECONDS)
            cursor.execute("COMMIT")

    writes = apart(write)
    assert begun.wait(SECONDS)
    done = threading.Event()
    resets = apart(lambda: (reset(demo, world, base=BASE), done.set())[0])
    assert not done.wait(0.7)
    over.set()
    assert done.wait(SECONDS)
    for thread in (writes, resets):
        thread.join(SECONDS)
