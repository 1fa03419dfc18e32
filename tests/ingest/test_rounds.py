"""Deliveries read together: looked up once, closed once, and each as safe as if it were read alone."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps import tenants
from apps.bots.services import create_bot
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.core import crashes
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect, disconnect
from apps.ingest import claims, handing, rounds, services, tasks, waiting
from apps.ingest.models import Delivery, Quarantined
from apps.providers import whatsapp_cloud
from apps.tenants.models import Hook, Workspace
from apps.work import ages
from apps.work.ages import Age
from tests.conftest import CUSTOMER, PHONE_NUMBER_ID
from tests.payloads import change, envelope, status, text

THEIRS = "777"


@pytest.fixture(autouse=True)
def _connected(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is connected. A round takes as long as it may, however busy the machine is."""
    monkeypatch.setattr(rounds, "KNOWN_SECONDS", 60.0)
    monkeypatch.setattr(rounds, "HELD_SECONDS", 60.0)


def store(hook: Hook, *bodies: bytes) -> list[Delivery]:
    """Stored as the intake does, waiting."""
    with tenants.enter(None):
        return [Delivery.objects.create(hook=hook, body=body, headers={}) for body in bodies]


def said(body: str, **fields: Any) -> bytes:
    return envelope(text(body, **{"phone": CUSTOMER, "number": PHONE_NUMBER_ID, **fields}))


def told(message: Message, state: str, at: int = 1794000001) -> bytes:
    news = status(state, wamid=message.external_id or "", key=str(message.key), number=PHONE_NUMBER_ID)
    news["value"]["statuses"][0]["timestamp"] = str(at)
    return envelope(news)


def texts() -> list[str]:
    return list(Message.objects.filter(direction="in").order_by("id").values_list("text", flat=True))


def states(deliveries: list[Delivery]) -> list[tuple[str, int]]:
    """State and number of claims of each."""
    found = Delivery.objects.in_bulk([one.pk for one in deliveries])
    return [(found[one.pk].state, found[one.pk].attempts) for one in deliveries]


def asked(queries: CaptureQueriesContext, *words: str) -> list[str]:
    """The statements in which all of these words stand."""
    return [one["sql"] for one in queries.captured_queries if all(word in one["sql"] for word in words)]


@pytest.fixture
def sent(hook: Hook, inbox: Inbox) -> Callable[..., Message]:
    """A message of ours that the vendor has taken, in the customer's conversation."""
    store(hook, said("Hello"))
    tasks.work(5.0)
    conversation = Conversation.objects.get()

    def make(wamid: str, **fields: Any) -> Message:
        values = {"direction": "out", "author": "bot", "text": "Yes", "state": "sent", "external_id": wamid}
        return Message.objects.create(conversation=conversation, inbox=inbox, **{**values, **fields})

    return make


def test_what_all_need_is_asked_once(hook: Hook, inbox: Inbox, sent: Callable[..., Message]) -> None:
    InboxHealth.objects.create(inbox=inbox)
    messages = [sent(f"wamid.{number}") for number in range(10)]
    news = [told(message, state) for state in ("sent", "delivered", "read") for message in messages]
    deliveries = store(hook, *news)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert tasks.work(5.0) == 30
    assert states(deliveries) == [("processed", 1)] * 30
    assert {message.state for message in Message.objects.filter(direction="out")} == {"read"}
    for table in ('FROM "tenants_route"', 'FROM "inboxes_inbox"', 'FROM "conversations_message"'):
        assert len(asked(queries, "SELECT", table)) == 1, table
    assert len(asked(queries, "UPDATE", "inboxhealth")) == len(asked(queries, "SET state = done.state")) == 1
    assert len(asked(queries, "ingest_delivery")) == 3  # looked, took, closed
    assert len(asked(queries, "UPDATE conversations_message")) == 2  # for each state in which one is new


def test_one_that_comes_alone_is_looked_for_once(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    store(hook, said("Hello"))
    looks: list[waiting.Waiting] = []
    real = waiting.look
    monkeypatch.setattr(waiting, "look", lambda: looks.append(real()) or looks[-1])  # type: ignore[func-returns-value]  # None
    assert tasks.work(5.0) == 1
    assert [(len(one.fresh), len(one.again)) for one in looks] == [(1, 0)]


def test_more_than_a_round_holds_is_worked_in_one_pass(hook: Hook) -> None:
    store(hook, *[b'{"entry": []}'] * 120)
    assert tasks.work(5.0) == 120
    assert Delivery.objects.filter(state="received").count() == 0


def test_a_number_keeps_its_order_beside_others(hook: Hook, other: Workspace) -> None:
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Theirs", region="GB")
        connect(other, provider="whatsapp_cloud", external_key=THEIRS, name="T", bot=bot, hook=hook, token="t")
    words = [f"{number}" for number in range(12)]
    store(hook, *(said(word, number=PHONE_NUMBER_ID if int(word) % 2 else THEIRS) for word in words))
    with CaptureQueriesContext(connection) as queries:
        tasks.work(5.0)
    assert texts() == words[1::2]
    with tenants.enter(other):
        assert texts() == words[0::2]
    assert len(asked(queries, 'FROM "tenants_route"')) == 2


def test_a_delivery_for_two_workspaces_is_closed_when_both_have_theirs(hook: Hook, other: Workspace) -> None:
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Theirs", region="GB")
        connect(other, provider="whatsapp_cloud", external_key=THEIRS, name="T", bot=bot, hook=hook, token="t")
    ours, theirs = (text(number, phone=CUSTOMER, number=number) for number in (PHONE_NUMBER_ID, THEIRS))
    deliveries = store(hook, envelope(ours, theirs), envelope(theirs, ours))
    tasks.work(5.0)
    assert states(deliveries) == [("processed", 1)] * 2
    assert texts() == [PHONE_NUMBER_ID]
    with tenants.enter(other):
        assert texts() == [THEIRS]


def test_what_was_looked_up_is_forgotten_with_the_round(hook: Hook, workspace: Workspace, inbox: Inbox) -> None:
    store(hook, said("first"))
    tasks.work(5.0)
    disconnect(workspace, inbox)
    store(hook, said("second"))
    tasks.work(5.0)
    assert texts() == ["first"]
    assert list(Quarantined.objects.values_list("why", flat=True)) == ["unknown_route"]


def every_item_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked up is old when the next item's turn comes."""
    monkeypatch.setattr(rounds, "KNOWN_SECONDS", -1.0)
    monkeypatch.setattr(services, "TOGETHER", 1)


@pytest.mark.parametrize("change", ["disconnected", "suspended", "another hook's"])
def test_a_long_round_looks_again(
    hook: Hook, workspace: Workspace, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    every_item_takes_long(monkeypatch)
    real = handing.HANDLERS[handing.Inbound]

    def receive(this: rounds.Round, inbox: Inbox, item: Any, late: bool) -> None:
        real(this, inbox, item, late)
        if change == "disconnected":
            disconnect(workspace, inbox)
        elif change == "suspended":
            Workspace.objects.filter(pk=workspace.pk).update(state=Workspace.State.SUSPENDED)
        else:
            foreign = Hook.objects.create(provider="whatsapp_cloud", secrets="theirs", verify_token="v")
            workspace.routes.update(hook=foreign)

    monkeypatch.setitem(handing.HANDLERS, handing.Inbound, receive)
    deliveries = store(hook, said("first"), said("second"))
    tasks.work(5.0)
    assert texts() == ["first"]
    why = "foreign_route" if change == "another hook's" else "unknown_route"
    assert list(Quarantined.objects.values_list("delivery", "why")) == [(deliveries[1].pk, why)]


def test_a_number_that_moves_to_another_workspace_meanwhile_takes_its_messages_there(
    hook: Hook, workspace: Workspace, inbox: Inbox, other: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    every_item_takes_long(monkeypatch)
    real = handing.HANDLERS[handing.Inbound]

    def receive(this: rounds.Round, found: Inbox, item: Any, late: bool) -> None:
        real(this, found, item, late)
        if item.text == "first":
            disconnect(workspace, found)
            with tenants.enter(other):
                bot = create_bot("Theirs", business="Theirs", region="GB")
                number = {"provider": "whatsapp_cloud", "external_key": PHONE_NUMBER_ID, "hook": hook}
                connect(other, name="Theirs", bot=bot, token="t", **number)  # type: ignore[arg-type]  # of any kind

    monkeypatch.setitem(handing.HANDLERS, handing.Inbound, receive)
    store(hook, said("first"), said("second"), said("third"))
    tasks.work(5.0)
    assert texts() == ["first"]
    with tenants.enter(other):
        assert texts() == ["second", "third"]


def test_only_what_is_still_mine_is_closed(hook: Hook) -> None:
    deliveries = store(hook, said("one"), said("two"), said("three"))
    mine = claims.take(waiting.look().fresh, 10)
    Delivery.objects.filter(pk=deliveries[1].pk).update(lease_until=None)
    (theirs,) = claims.take(waiting.look().again, 10)
    with tenants.enter(None):
        services.process_all(mine)
    assert states(deliveries) == [("processed", 1), ("received", 2), ("processed", 1)]
    assert texts() == ["one", "two", "three"]
    with tenants.enter(None):
        services.process_again(theirs)
    assert states(deliveries)[1] == ("processed", 2)
    assert texts() == ["one", "two", "three"]


def test_what_was_seen_and_taken_by_others_is_not_taken_again(hook: Hook) -> None:
    store(hook, *[b"{}"] * 3)
    seen = waiting.look().fresh
    first = claims.take(seen, 2)
    assert claims.finish(first[0], Delivery.State.PROCESSED, items=0)
    Delivery.objects.filter(pk=first[1].pk).update(lease_until=None)
    assert [one.pk for one in claims.take(seen, 3)] == [seen[2].id]


class Killed(BaseException):
    """As a process ends that is killed."""


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is about to hand over an item that says so dies."""

    def point(name: str, *about: Any) -> None:
        if name == "item.before" and getattr(about[0], "text", "") == "poison":
            raise Killed

    monkeypatch.setattr(crashes, "point", point)


def test_what_kills_in_the_middle_of_a_round_costs_its_neighbours_one_more_reading(hook: Hook, poison: None) -> None:
    words = ["one", "two", "poison", "three", "four"]
    deliveries = store(hook, *map(said, words))
    deaths = 0
    while Delivery.objects.filter(state="received").exists():
        try:
            tasks.work(5.0)
        except Killed:
            deaths += 1
        Delivery.objects.update(lease_until=None)
    assert sorted(texts()) == ["four", "one", "three", "two"]
    neighbours = [("processed", 2)] * 2
    assert states(deliveries) == [*neighbours, ("failed", claims.MAX_ATTEMPTS + 2), *neighbours]
    assert deaths == claims.MAX_ATTEMPTS + 1
    assert list(Quarantined.objects.values_list("delivery", "why")) == [(deliveries[2].pk, "failed")]


def test_what_is_done_for_a_while_is_closed_before_the_round_ends(
    hook: Hook, poison: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "HELD_SECONDS", 0.0)
    monkeypatch.setattr(services, "TOGETHER", 1)
    deliveries = store(hook, *map(said, ("one", "two", "poison", "three")))
    with pytest.raises(Killed):
        tasks.work(5.0)
    assert states(deliveries) == [("processed", 1), ("processed", 1), ("received", 1), ("received", 1)]


def test_a_body_that_the_reader_stumbles_over_blocks_no_other(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    real = whatsapp_cloud.parse

    def parse(headers: Any, body: bytes) -> Any:
        if b"stumble" in body:
            raise KeyError("a mistake of ours")
        return real(headers, body)

    monkeypatch.setattr(whatsapp_cloud, "parse", parse)
    deliveries = store(hook, said("one"), said("stumble"), said("two"))
    tasks.work(5.0)
    assert texts() == ["one", "two"]
    assert states(deliveries) == [("processed", 1), ("received", 1), ("processed", 1)]
    while Delivery.objects.filter(state="received").exists():
        Delivery.objects.update(lease_until=None)
        tasks.work(5.0)
    assert states(deliveries)[1] == ("failed", claims.MAX_ATTEMPTS + 1)
    assert texts() == ["one", "two"]


def test_the_newest_news_are_noted_before_the_deliveries_are_closed(
    hook: Hook, inbox: Inbox, sent: Callable[..., Message]
) -> None:
    """Who sees that nothing waits any more concludes from what was heard."""
    InboxHealth.objects.create(inbox=inbox)
    message = sent("wamid.a")
    store(hook, told(message, "sent", 1794000005), told(message, "read", 1794000009), told(message, "sent", 1794000002))
    with CaptureQueriesContext(connection) as queries:
        tasks.work(5.0)
    assert InboxHealth.objects.get().status_at == datetime.fromtimestamp(1794000009, UTC)
    (heard,), (closed,) = asked(queries, "UPDATE", "inboxhealth"), asked(queries, "SET state = done.state")
    order = [one["sql"] for one in queries.captured_queries]
    assert order.index(heard) < order.index(closed)


def test_the_same_message_in_two_deliveries_of_a_round_is_stored_once(hook: Hook) -> None:
    deliveries = store(hook, *[said("Once", id="wamid.same")] * 2, said("Twice", id="wamid.other"))
    tasks.work(5.0)
    assert texts() == ["Once", "Twice"]
    assert states(deliveries) == [("processed", 1)] * 3


def test_news_of_what_the_phone_app_wrote_a_moment_ago_are_used(hook: Hook, sent: Callable[..., Message]) -> None:
    """The round looked for the message before it was there."""
    value = {"message_echoes": [text("By hand", phone=CUSTOMER, number="1")["value"]["messages"][0]]}
    value["message_echoes"][0] |= {"id": "wamid.echo", "from": "442079460000", "to": CUSTOMER}
    echo = envelope(change(PHONE_NUMBER_ID, value, field="smb_message_echoes"))
    news = [
        envelope(status(state, wamid="wamid.echo", key="", number=PHONE_NUMBER_ID)) for state in ("delivered", "read")
    ]
    store(hook, told(sent("wamid.a"), "read"), echo, *news)
    tasks.work(5.0)
    assert Message.objects.get(external_id="wamid.echo").state == "read"


def rubbish(number: str = "") -> bytes:
    """As large as a body may be, and signed by somebody who knows an app's secret."""
    return b'{"a":{"phone_number_id":"%s"},"entry":[' % number.encode() + b"0," * 2_000_000 + b"0]}"


def test_four_megabytes_of_rubbish_cost_a_few_statements_and_hold_nobody_up(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real = handing.process_item

    def process_item(this: rounds.Round, delivery: Delivery, place: int, item: Any) -> bool:
        order.append(type(item).__name__)
        return real(this, delivery, place, item)

    monkeypatch.setattr(handing, "process_item", process_item)
    hostile, honest = store(hook, rubbish(), said("Hello"))
    Delivery.objects.filter(pk=hostile.pk).update(lane="666")
    with CaptureQueriesContext(connection) as queries:
        assert tasks.work(5.0) == 2
    assert (order[0], texts()) == ("Inbound", ["Hello"])
    assert states([hostile, honest]) == [("processed", 1)] * 2
    assert Quarantined.objects.filter(delivery=hostile).count() == 102
    assert len(asked(queries, "ingest_quarantined")) == 1


def test_what_is_kept_aside_by_the_thousand_is_written_and_released_together(
    hook: Hook, workspace: Workspace, inbox: Inbox
) -> None:
    message = text("Hi", phone=CUSTOMER, number="888")
    news = [{"id": f"wamid.{number}", "status": "read", "timestamp": "1794000001"} for number in range(1_500)]
    message["value"]["statuses"] = news
    (delivery,) = store(hook, envelope(message))
    with CaptureQueriesContext(connection) as queries:
        tasks.work(5.0)
    assert Quarantined.objects.filter(why="unknown_route", released_at=None).count() == 1_501
    assert len(asked(queries, "INSERT", "ingest_quarantined")) == 2
    connect(workspace, provider="whatsapp_cloud", external_key="888", name="N", bot=inbox.bot, hook=hook, token="t")
    services.replay([delivery])
    with CaptureQueriesContext(connection) as queries:
        tasks.work(5.0)
    assert (texts(), Quarantined.objects.filter(released_at=None).count()) == (["Hi"], 0)
    assert len(asked(queries, "UPDATE", "ingest_quarantined")) == 2


def test_a_round_that_takes_longer_than_a_lease_keeps_what_it_has_in_hand(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An honest batch of many items: others must not read it again, and its tries must not be used up."""
    monkeypatch.setitem(ages.AGES, "delivery_lease", Age(0.5))  # type: ignore[arg-type]  # read only
    monkeypatch.setattr(services, "TOGETHER", 1)
    stolen: list[Delivery] = []
    real = handing.HANDLERS[handing.Inbound]

    def receive(this: rounds.Round, found: Inbox, item: Any, late: bool) -> None:
        time.sleep(0.2)
        stolen.extend(claims.take(waiting.look().again, 10))
        real(this, found, item, late)

    monkeypatch.setitem(handing.HANDLERS, handing.Inbound, receive)
    deliveries = store(hook, *map(said, "abcdef"), rubbish())
    Delivery.objects.filter(pk=deliveries[-1].pk).update(lane="666")
    tasks.work(0.1)
    assert (stolen, texts()) == ([], list("abcdef"))
    assert states(deliveries) == [("processed", 1)] * 7
