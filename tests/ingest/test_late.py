"""What is read late is answered together: turns wait until all that came in by their number is understood."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps import tenants
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.dialogue.due import CATCH_UP, TAKE_TURNS
from apps.inboxes.models import Inbox
from apps.ingest import claims, rounds, services, waiting
from apps.ingest.models import Delivery
from apps.tenants.models import Hook
from apps.work import kinds
from apps.work.models import WorkItem
from apps.work.services import make_due
from tests.clocks import Left
from tests.conftest import PHONE_NUMBER_ID
from tests.payloads import envelope, text

#: As shipped: seconds after the newest message, and at most after the oldest; of what is late at most.
QUIET, LIMIT, LATE = 3, 20, 60


@pytest.fixture(autouse=True)
def connected(inbox: Inbox, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number is connected, and the bot as patient as it is shipped. This machine may read slowly what just came."""
    monkeypatch.setattr(rounds, "LATE_SECONDS", 4.0)
    Bot.objects.update(quiet_seconds=QUIET, quiet_limit_seconds=LIMIT)


def came(hook: Hook, *said: str, ago: float, number: str = PHONE_NUMBER_ID) -> None:
    """So many seconds ago each of these was written, by somebody else each."""
    at = timezone.now() - timedelta(seconds=ago)
    with tenants.enter(None):
        for word in said:
            body = envelope(text(word, phone=f"4477009{sum(map(ord, word)):05d}", number=number))
            Delivery.objects.create(hook=hook, lane=number, body=body, received_at=at)


def read(many: int) -> None:
    """One round of somebody's hands."""
    with tenants.enter(None):
        seen = waiting.look()
        taken = claims.take(seen.fresh, many)
        services.process_all(taken, behind=seen.lanes_beside({one.pk for one in taken}))


def older(seconds: float) -> None:
    """Everything stored so far was stored so many seconds earlier."""
    for message in Message.objects.all():
        Message.objects.filter(pk=message.pk).update(created_at=message.created_at - timedelta(seconds=seconds))


def look_whether_all_is_understood() -> None:
    """As somebody does each second."""
    WorkItem.objects.filter(kind=CATCH_UP).update(due_at=timezone.now() - timedelta(seconds=1))
    kinds.get(CATCH_UP).work(0.0)


def due() -> dict[str, float]:
    """In how many seconds each conversation's turn is due, by what was written last."""
    said = dict(Conversation.objects.values_list("pk", "preview"))
    items = WorkItem.objects.filter(kind=TAKE_TURNS, due_at__isnull=False)
    now = timezone.now()
    return {said[int(item.key)]: max((item.due_at - now).total_seconds(), 0.0) for item in items if item.due_at}


def test_what_is_read_as_it_comes_is_answered_after_the_quiet_time(hook: Hook) -> None:
    for number, word in enumerate(("one", "two"), start=1):
        came(hook, word, ago=0)
        read(1)
        assert list(due().values()) == [Left(QUIET)] * number


def test_behind_what_was_read_as_it_came_more_may_wait_all_the_same(hook: Hook) -> None:
    """At the beginning of a flood nothing has waited yet."""
    came(hook, "one", "two", "three", ago=0)
    read(2)
    assert due() == {"one": Left(LATE), "two": Left(LATE)}
    read(1)
    look_whether_all_is_understood()
    assert due() == dict.fromkeys(("one", "two", "three"), Left(QUIET))


def test_a_bot_that_waits_longer_for_more_waits_as_long_for_what_is_late(hook: Hook) -> None:
    Bot.objects.update(quiet_limit_seconds=90)
    came(hook, "one", "two", ago=5)
    read(1)
    assert due() == {"one": Left(90)}


def test_turns_wait_until_the_last_that_came_by_their_number_is_understood(hook: Hook) -> None:
    came(hook, "one", "two", "three", ago=5)
    read(2)
    look_whether_all_is_understood()
    assert due() == {"one": Left(LATE), "two": Left(LATE)}
    read(1)
    assert due() == dict.fromkeys(("one", "two", "three"), Left(LATE))
    look_whether_all_is_understood()
    assert due() == dict.fromkeys(("one", "two", "three"), Left(QUIET))
    assert not WorkItem.objects.filter(kind=CATCH_UP, due_at__isnull=False).exists()


def test_what_others_have_in_hand_is_not_understood_yet(hook: Hook) -> None:
    came(hook, "one", "two", ago=5)
    with tenants.enter(None):
        theirs = claims.take(waiting.look().fresh, 1)
    read(1)
    look_whether_all_is_understood()
    assert due() == {"two": Left(LATE)}
    with tenants.enter(None):
        services.process_all(theirs)
    look_whether_all_is_understood()
    assert due() == {"one": Left(QUIET), "two": Left(QUIET)}


def test_what_comes_all_the_time_keeps_nobody_waiting(hook: Hook) -> None:
    """Only what had come in when a message was stored is waited for, however slowly the rest is read."""
    came(hook, "one", "two", ago=5)
    read(2)
    older(20)
    came(hook, "three", "four", ago=15)  # later than these two were stored
    look_whether_all_is_understood()
    assert due() == {"one": Left(0), "two": Left(0)}
    read(1)
    older(5)
    look_whether_all_is_understood()
    assert due()["three"] > QUIET  # what came with it is not read yet


@pytest.mark.parametrize("why", [{"error": "1 of 1 items failed", "attempts": 1}, {"attempts": 3}])
def test_what_fails_or_kills_again_and_again_keeps_nobody_waiting(hook: Hook, why: dict[str, Any]) -> None:
    came(hook, "poison", "one", ago=5)
    poison = Delivery.objects.earliest("pk")
    Delivery.objects.filter(pk=poison.pk).update(lease_until=timezone.now() + timedelta(minutes=4), **why)
    read(1)
    look_whether_all_is_understood()
    assert due() == {"one": Left(QUIET)}


def test_a_flood_at_another_number_keeps_nobody_waiting(hook: Hook) -> None:
    came(hook, *map(str, range(5)), ago=5, number="777")
    came(hook, "one", ago=5)
    read(2)
    look_whether_all_is_understood()
    assert due() == {"one": Left(QUIET)}


def test_a_turn_that_is_due_sooner_stays_so(hook: Hook) -> None:
    came(hook, "one", ago=5)
    read(1)
    WorkItem.objects.filter(kind=TAKE_TURNS).update(due_at=timezone.now() + timedelta(seconds=1))
    look_whether_all_is_understood()
    assert due() == {"one": Left(1)}


def test_an_inbox_that_is_gone_is_looked_at_no_more(hook: Hook, inbox: Inbox) -> None:
    make_due(CATCH_UP, inbox.pk + 1)
    look_whether_all_is_understood()
    assert not WorkItem.objects.filter(kind=CATCH_UP, due_at__isnull=False).exists()


def test_a_bot_that_gathers_nothing_answers_at_once_however_late_it_is(hook: Hook) -> None:
    Bot.objects.update(quiet_seconds=0)
    came(hook, "one", "two", ago=5)
    read(1)
    assert due() == {"one": Left(0)}
