"""What a stored delivery causes: each item reaches its workspace once, and none blocks its neighbours."""

import pytest

from apps import tenants
from apps.bots.services import create_bot
from apps.conversations.models import Conversation, Message
from apps.core import crashes
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, disconnect
from apps.ingest import claims, handing, services, tasks
from apps.ingest.management.commands.replay import Command as Replay
from apps.ingest.models import Delivery, Quarantined
from apps.providers import whatsapp_cloud
from apps.tenants.models import Hook, Workspace
from tests.conftest import CUSTOMER, PHONE_NUMBER_ID
from tests.payloads import change, envelope, text


@pytest.fixture(autouse=True)
def _connected(inbox: Inbox) -> None:
    """The number is connected, and tests stand outside the workspace as the worker does."""


def deliver(hook: Hook, body: bytes) -> Delivery:
    """Stores a delivery as the intake does, and processes what waits."""
    with tenants.enter(None):
        delivery = Delivery.objects.create(hook=hook, body=body, headers={})
    tasks.work(5.0)
    delivery.refresh_from_db()
    return delivery


def said(body: str, **fields: object) -> dict[str, object]:
    return text(body, **{"phone": CUSTOMER, "number": PHONE_NUMBER_ID, **fields})  # type: ignore[arg-type]


def texts() -> list[str]:
    return list(Message.objects.order_by("id").values_list("text", flat=True))


def aside(delivery: Delivery) -> list[tuple[int, str]]:
    return list(delivery.quarantined.order_by("place").values_list("place", "why"))


def test_a_message_reaches_its_conversation(hook: Hook) -> None:
    delivery = deliver(hook, envelope(said("Hello, are you open?")))
    assert (delivery.state, delivery.items, delivery.error) == ("processed", 1, "")
    assert Conversation.objects.get().messages.get().text == "Hello, are you open?"


def test_a_delivery_that_comes_twice_has_its_effect_once(hook: Hook) -> None:
    body = envelope(said("Once", id="wamid.same"))
    deliver(hook, body)
    deliver(hook, body)
    assert texts() == ["Once"]


def test_the_same_message_twice_in_one_delivery_is_stored_once(hook: Hook) -> None:
    deliver(hook, envelope(said("Once", id="wamid.same"), said("Once", id="wamid.same")))
    assert texts() == ["Once"]


def test_many_changes_in_one_delivery_are_all_read(hook: Hook) -> None:
    delivery = deliver(hook, envelope(*(said(f"{number}", phone=f"44770090{number:04}") for number in range(20))))
    assert delivery.items == 20
    assert Conversation.objects.count() == 20


@pytest.mark.parametrize("body", [b'{"entry": [', b"", b"\xff\xfe", b"[1]", b'"text"', b"[" * 50_000])
def test_a_body_nobody_can_read_is_kept_and_marked(hook: Hook, body: bytes) -> None:
    delivery = deliver(hook, body)
    assert delivery.state == "unreadable"
    assert delivery.error
    assert (bytes(delivery.body), texts()) == (body, [])


def test_an_item_that_cannot_be_read_does_not_block_its_neighbours(hook: Hook) -> None:
    broken = change(PHONE_NUMBER_ID, {"messages": ["not a message"]})
    delivery = deliver(hook, envelope(said("before"), broken, said("after")))
    assert texts() == ["before", "after"]
    assert (delivery.state, aside(delivery)) == ("processed", [(1, "unreadable")])


def test_an_unknown_number_is_kept_aside(hook: Hook) -> None:
    delivery = deliver(hook, envelope(said("Anybody?", number="999")))
    assert (delivery.state, aside(delivery), texts()) == ("processed", [(0, "unknown_route")], [])


def test_a_hook_cannot_speak_for_another_hooks_number(hook: Hook, other: Workspace) -> None:
    foreign = Hook.objects.create(provider="whatsapp_cloud", secrets="theirs", verify_token="v")
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Theirs")
        connect(other, provider="whatsapp_cloud", external_key="777", name="Theirs", bot=bot, hook=foreign, token="t")
    delivery = deliver(hook, envelope(said("Forged", number="777")))
    assert (aside(delivery), texts()) == ([(0, "foreign_route")], [])
    with tenants.enter(other):
        assert Message.objects.count() == 0


def test_a_suspended_workspace_gets_nothing(hook: Hook, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(state=Workspace.State.SUSPENDED)
    delivery = deliver(hook, envelope(said("Hello?")))
    assert (aside(delivery), texts()) == ([(0, "unknown_route")], [])


def test_a_disconnected_number_is_unknown(hook: Hook, workspace: Workspace, inbox: Inbox) -> None:
    disconnect(workspace, inbox)
    assert aside(deliver(hook, envelope(said("Hello?")))) == [(0, "unknown_route")]


def test_group_messages_are_not_answered(hook: Hook) -> None:
    message = said("Hi all")
    message["value"]["messages"][0]["group_id"] = "group-1"  # type: ignore[index]
    delivery = deliver(hook, envelope(message))
    assert (aside(delivery), texts()) == ([(0, "unused")], [])


def test_nul_is_stripped_from_the_text_and_kept_in_the_delivery(hook: Hook) -> None:
    body = envelope(said("zero\x00byte"))
    delivery = deliver(hook, body)
    assert texts() == ["zerobyte"]
    assert bytes(delivery.body) == body
    assert b"\\u0000" in body


def test_a_replay_after_connecting_the_number_uses_what_was_kept(
    hook: Hook, workspace: Workspace, inbox: Inbox
) -> None:
    deliver(hook, envelope(said("first"), said("early", number="888")))
    assert texts() == ["first"]
    connect(workspace, provider="whatsapp_cloud", external_key="888", name="New", bot=inbox.bot, hook=hook, token="t")
    Replay().handle(delivery=None, quarantined=True)
    tasks.work(5.0)
    assert sorted(texts()) == ["early", "first"]
    assert Quarantined.objects.filter(released_at__isnull=True).count() == 0


def test_an_item_that_fails_is_tried_again_and_then_set_aside(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("broken")

    real = handing.HANDLERS[handing.Inbound]
    monkeypatch.setitem(handing.HANDLERS, handing.Inbound, fail)
    delivery = deliver(hook, envelope(said("poison")))
    assert (delivery.state, delivery.attempts) == ("received", 1)
    for _ in range(claims.MAX_ATTEMPTS - 1):
        Delivery.objects.update(lease_until=None)
        tasks.work(5.0)
    delivery.refresh_from_db()
    assert (delivery.state, aside(delivery)) == ("processed", [(0, "failed")])
    monkeypatch.setitem(handing.HANDLERS, handing.Inbound, real)
    services.replay([delivery])
    tasks.work(5.0)
    assert texts() == ["poison"]


class Killed(BaseException):
    """As a process ends that is killed."""


def test_what_stands_beside_messages_that_kill_is_handed_over(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of four kill whoever touches them: after five deaths, and one for each, the others are there."""

    def point(name: str, *about: object) -> None:
        if name == "item.before" and getattr(about[0], "text", "").startswith("poison"):
            raise Killed

    monkeypatch.setattr(crashes, "point", point)
    with tenants.enter(None):
        delivery = Delivery.objects.create(
            hook=hook, body=envelope(*map(said, ("poison one", "first", "poison two", "second"))), headers={}
        )
    deaths = 0
    while Delivery.objects.filter(pk=delivery.pk, state="received").exists():
        try:
            tasks.work(5.0)
        except Killed:
            deaths += 1
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=None)
    delivery.refresh_from_db()
    assert (deaths, delivery.state, delivery.error) == (claims.MAX_ATTEMPTS + 2, "failed", "its hands died")
    assert texts() == ["first", "second"]
    assert aside(delivery) == [(0, "failed"), (2, "failed")]


def test_a_body_that_kills_whoever_reads_it_is_set_aside_too(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(headers: object, body: bytes) -> list[object]:
        raise Killed

    monkeypatch.setattr(whatsapp_cloud, "parse", parse)
    with tenants.enter(None):
        delivery = Delivery.objects.create(hook=hook, body=envelope(said("Hello")), headers={})
    deaths = 0
    while Delivery.objects.filter(pk=delivery.pk, state="received").exists():
        try:
            tasks.work(5.0)
        except Killed:
            deaths += 1
        Delivery.objects.filter(pk=delivery.pk).update(lease_until=None)
    delivery.refresh_from_db()
    assert (deaths, delivery.state, delivery.error) == (2 * claims.MAX_ATTEMPTS, "failed", "its hands died")
    assert texts() == []
