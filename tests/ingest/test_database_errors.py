"""The database fails while deliveries are read: they are not at fault, so nothing is set aside, and others go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, InterfaceError, OperationalError
from django.utils import timezone

from apps import tenants
from apps.bots.services import create_bot
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.core import connections, crashes
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.ingest import claims, handing, rounds, tasks
from apps.ingest.models import Delivery, Quarantined
from apps.tenants.models import Hook, Workspace
from tests.clocks import passed
from tests.conftest import CUSTOMER, PHONE_NUMBER_ID
from tests.payloads import envelope, text

THEIRS = "777"


@pytest.fixture(autouse=True)
def _connected(inbox: Inbox, hook: Hook, other: Workspace) -> None:
    """Two workspaces share the hook."""
    with tenants.enter(other):
        bot = create_bot("Theirs", business="Theirs", region="GB")
        connect(other, provider="whatsapp_cloud", external_key=THEIRS, name="T", bot=bot, hook=hook, token="t")


def store(hook: Hook, *words: str, number: str = PHONE_NUMBER_ID) -> list[Delivery]:
    with tenants.enter(None):
        bodies = [envelope(text(word, phone=CUSTOMER, number=number)) for word in words]
        return [Delivery.objects.create(hook=hook, lane=number, body=body, headers={}) for body in bodies]


def texts() -> list[str]:
    return list(Message.objects.filter(direction="in").order_by("id").values_list("text", flat=True))


def states(deliveries: list[Delivery]) -> list[tuple[str, int]]:
    found = Delivery.objects.in_bulk([one.pk for one in deliveries])
    return [(found[one.pk].state, found[one.pk].attempts) for one in deliveries]


def pause(delivery: Delivery) -> int:
    delivery.refresh_from_db()
    return round((delivery.lease_until - timezone.now()).total_seconds()) if delivery.lease_until else 0


Fails = Callable[..., None]


@pytest.fixture
def fails(monkeypatch: pytest.MonkeyPatch) -> Fails:
    """Whoever stores a message with one of these words, alone or together with others, gets this error."""
    real, real_all = handing.HANDLERS[handing.Inbound], conversations.receive_all

    def make(error: Exception | None, *words: str) -> None:
        def receive(this: rounds.Round, inbox: Inbox, item: Any, late: bool) -> None:
            if error is not None and item.text in words:
                raise error
            real(this, inbox, item, late)

        def receive_all(inbox: Inbox, items: list[Any], **how: Any) -> None:
            if error is not None and any(item.text in words for item in items):
                raise error
            real_all(inbox, items, **how)

        monkeypatch.setitem(handing.HANDLERS, handing.Inbound, receive)
        monkeypatch.setattr(handing.conversations, "receive_all", receive_all)

    return make


@pytest.mark.parametrize("error", [OperationalError("lock timeout"), InterfaceError("connection already closed")])
def test_what_the_database_fails_is_read_in_the_end_however_often_it_did(
    hook: Hook, fails: Fails, error: Exception
) -> None:
    (delivery,) = store(hook, "Hello")
    fails(error, "Hello")
    for _ in range(3 * claims.MAX_ATTEMPTS):
        tasks.work(5.0)
        assert states([delivery]) == [("received", 0)]
        Delivery.objects.update(lease_until=None)
    assert Quarantined.objects.count() == 0
    fails(None)
    tasks.work(5.0)
    assert (states([delivery]), texts()) == ([("processed", 1)], ["Hello"])


def test_it_waits_as_long_again_as_it_has_waited_and_a_minute_at_most(hook: Hook, fails: Fails) -> None:
    (delivery,) = store(hook, "Hello")
    fails(OperationalError("deadlock detected"), "Hello")
    waited = []
    for age in (0, 3, 20, 90):
        Delivery.objects.update(received_at=timezone.now() - timedelta(seconds=age), lease_until=None)
        tasks.work(5.0)
        waited.append(pause(delivery))
    assert waited == [pytest.approx(wanted, abs=1 + passed()) for wanted in (4, 4, 20, 60)]


def test_neighbours_and_other_workspaces_are_read_in_the_same_round(hook: Hook, other: Workspace, fails: Fails) -> None:
    fails(OperationalError("lock timeout"), "two")
    ours = store(hook, "one", "two", "three")
    theirs = store(hook, "theirs", number=THEIRS)
    tasks.work(5.0)
    assert states([*ours, *theirs]) == [("processed", 1), ("received", 0), ("processed", 1), ("processed", 1)]
    assert texts() == ["one", "three"]
    with tenants.enter(other):
        assert texts() == ["theirs"]


def test_of_a_workspace_that_is_failed_again_and_again_the_rest_comes_first_next_time(
    hook: Hook, other: Workspace, fails: Fails
) -> None:
    fails(OperationalError("lock timeout"), "a", "b", "c")
    ours = store(hook, "a", "b", "c", "d", "e")
    theirs = store(hook, "theirs", number=THEIRS)
    tasks.work(5.0)
    assert states([*ours, *theirs]) == [("received", 0)] * 5 + [("processed", 1)]
    assert [pause(one) for one in ours] == [pytest.approx(wanted, abs=1 + passed()) for wanted in (4, 4, 2, 2, 2)]
    Delivery.objects.filter(pk__in=[one.pk for one in ours[2:]]).update(lease_until=None)
    tasks.work(5.0)
    assert texts() == ["d", "e"]


def test_a_database_that_is_gone_is_asked_no_further_and_all_is_given_back(
    hook: Hook, fails: Fails, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(connections, "answered", lambda: bool(asked.append(True)))
    fails(OperationalError("server closed the connection unexpectedly"), "a", "b")
    deliveries = [*store(hook, "a", "b"), *store(hook, "theirs", number=THEIRS)]
    tasks.work(5.0)
    assert (states(deliveries), len(asked)) == ([("received", 0)] * 3, 2)


def test_what_could_not_be_closed_is_given_back_and_closed_the_next_time(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    real = claims.finish_all
    monkeypatch.setattr(claims, "finish_all", away)
    deliveries = store(hook, "one", "two")
    tasks.work(5.0)
    assert states(deliveries) == [("received", 0)] * 2
    monkeypatch.setattr(claims, "finish_all", real)
    Delivery.objects.update(lease_until=None)
    tasks.work(5.0)
    assert (states(deliveries), texts()) == ([("processed", 1)] * 2, ["one", "two"])


def test_after_five_deaths_the_databases_errors_leave_no_mark_behind(hook: Hook, fails: Fails) -> None:
    (delivery,) = store(hook, "Hello")
    Delivery.objects.update(attempts=claims.MAX_ATTEMPTS)
    fails(OperationalError("lock timeout"), "Hello")
    for _ in range(7):
        tasks.work(5.0)
        assert states([delivery]) == [("received", claims.MAX_ATTEMPTS)]
        assert Quarantined.objects.count() == 0
        Delivery.objects.update(lease_until=None)
    fails(None)
    tasks.work(5.0)
    assert texts() == ["Hello"]


def test_what_the_database_refuses_as_wrong_is_tried_five_times_and_set_aside(hook: Hook, fails: Fails) -> None:
    fails(DataError("value too long"), "poison")
    (delivery,) = store(hook, "poison")
    for attempt in range(1, claims.MAX_ATTEMPTS):
        tasks.work(5.0)
        assert states([delivery]) == [("received", attempt)]
        Delivery.objects.update(lease_until=None)
    tasks.work(5.0)
    assert states([delivery]) == [("processed", claims.MAX_ATTEMPTS)]
    assert list(Quarantined.objects.values_list("why", "detail")) == [("failed", "DataError")]


class Killed(BaseException):
    """As a process ends that is killed."""


def test_hands_that_are_killed_count_as_before(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    def point(name: str, *_: Any) -> None:
        if name == "item.before":
            raise Killed

    monkeypatch.setattr(crashes, "point", point)
    (delivery,) = store(hook, "poison")
    for attempt in range(1, 4):
        with pytest.raises(Killed):
            tasks.work(5.0)
        assert states([delivery]) == [("received", attempt)]
        Delivery.objects.update(lease_until=None)
