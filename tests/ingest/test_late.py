"""What is read late is answered together: turns wait until all that came in by their number is understood."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps import tenants
from apps.bots.models import Bot
from apps.conversations.models import Conversation
from apps.dialogue.services import TAKE_TURNS
from apps.inboxes.models import Inbox
from apps.ingest import claims, services, waiting
from apps.ingest.models import Delivery
from apps.tenants.models import Hook
from apps.work.models import WorkItem
from tests.conftest import PHONE_NUMBER_ID
from tests.payloads import envelope, text

#: As shipped: seconds after the newest message, and at most after the oldest.
QUIET, LIMIT = 3, 20


@pytest.fixture(autouse=True)
def connected(inbox: Inbox, bot: Bot) -> None:
    """The number is connected, and the bot as patient as it is shipped."""
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
        services.process_all(claims.take(waiting.look().fresh, many))


def due() -> dict[str, int]:
    """In how many seconds each conversation's turn is due, by what was written last."""
    said = dict(Conversation.objects.values_list("pk", "preview"))
    items = WorkItem.objects.filter(kind=TAKE_TURNS, due_at__isnull=False)
    now = timezone.now()
    return {said[int(item.key)]: round((item.due_at - now).total_seconds()) for item in items if item.due_at}


def test_what_is_read_as_it_comes_is_answered_after_the_quiet_time(hook: Hook) -> None:
    came(hook, "one", "two", ago=0)
    read(1)
    assert due() == {"one": QUIET}
    read(1)
    assert due() == {"one": QUIET, "two": QUIET}


def test_turns_wait_until_the_last_that_came_by_their_number_is_understood(hook: Hook) -> None:
    came(hook, "one", "two", "three", ago=5)
    read(2)
    assert due() == {"one": LIMIT, "two": LIMIT}
    read(1)
    assert due() == dict.fromkeys(("one", "two", "three"), QUIET)


def test_what_others_have_in_hand_is_not_understood_yet(hook: Hook) -> None:
    """Two read at once: whoever is done last lets the turns go, also those of the other."""
    came(hook, "one", "two", ago=5)
    with tenants.enter(None):
        theirs = claims.take(waiting.look().fresh, 1)
    read(1)
    assert due() == {"two": LIMIT}
    with tenants.enter(None):
        services.process_all(theirs)
    assert due() == {"one": QUIET, "two": QUIET}


def test_a_flood_at_another_number_keeps_nobody_waiting(hook: Hook) -> None:
    came(hook, *map(str, range(5)), ago=5, number="777")
    came(hook, "one", ago=5)
    read(2)
    assert due() == {"one": QUIET}


def test_hands_that_died_after_storing_leave_the_turns_to_who_reads_again(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    came(hook, "one", ago=5)
    with monkeypatch.context() as dying:
        dying.setattr(claims, "finish_all", lambda done: set())
        read(1)
    assert due() == {"one": LIMIT}
    Delivery.objects.update(lease_until=None)
    with tenants.enter(None):
        (again,) = claims.take(waiting.look().again, 1)
        services.process_again(again)
    assert due() == {"one": QUIET}


def test_a_bot_that_gathers_nothing_answers_at_once_however_late_it_is(hook: Hook) -> None:
    Bot.objects.update(quiet_seconds=0)
    came(hook, "one", "two", ago=5)
    read(1)
    assert due() == {"one": 0}
