"""Finding deliveries by what their bodies say: however it is written, within bounds, and never by a phone number."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection

from apps.ingest import search
from apps.ingest.models import Delivery, Quarantined
from apps.ingest.search import find_in_bodies, with_something_aside
from apps.ingest.services import dismiss
from apps.tenants.models import Hook
from tests.conftest import PHONE_NUMBER_ID
from tests.payloads import envelope, text

TODAY = datetime.now(UTC)


def store(hook: Hook, body: bytes) -> int:
    return int(Delivery.objects.create(hook=hook, body=body, headers={}).pk)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("A cargo bike", "cargo bike"),
        ("A cargo bike", "CARGO"),
        ("Café crème", "café"),  # Meta escapes it
        ("Look: https://luna.example/menu", "luna.example/menu"),  # and the slash
        ('He said "now"', '"now"'),
        ("50 % off \\ today", "% off \\ t"),
        ("👋 hello", "👋"),
    ],
)
def test_a_body_is_found_however_it_is_written(
    hook: Hook, said: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SHORTEST_TEXT", 1)
    found = store(hook, envelope(text(said, phone="447700900123", number=PHONE_NUMBER_ID)))
    store(hook, envelope(text("Something else", phone="447700900123", number=PHONE_NUMBER_ID)))
    assert find_in_bodies(asked) == [found]


def test_a_body_that_is_no_text_is_searched_too(hook: Hook) -> None:
    found = store(hook, b"\xff\xfe\x00 broken caf\xc3\xa9 \x80")
    assert find_in_bodies("broken café") == [found]


def test_the_newest_come_first_and_only_those_of_the_days(hook: Hook) -> None:
    ids = [store(hook, b'"same words"') for _ in range(3)]
    Delivery.objects.filter(pk=ids[0]).update(received_at=TODAY - timedelta(days=9))
    assert find_in_bodies("same words") == ids[::-1]
    assert find_in_bodies("same words", since=TODAY - timedelta(days=1)) == [ids[2], ids[1]]
    assert find_in_bodies("same words", until=TODAY - timedelta(days=1)) == [ids[0]]


def test_only_so_many_bodies_are_looked_into(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [store(hook, b'"same words"') for _ in range(4)]
    monkeypatch.setattr(search, "MOST_BODIES", 3)
    assert find_in_bodies("same words") == ids[:0:-1]
    monkeypatch.setattr(search, "MOST_FOUND", 2)
    assert find_in_bodies("same words") == [ids[3], ids[2]]


@pytest.mark.parametrize(
    "number", ["447700900123", "+44 7700 900123", "(030) 901-820", "07700.900.123", "order 12345678", "1 2 3 4 5 6 7"]
)
def test_what_may_be_a_phone_number_is_not_searched_for(hook: Hook, number: str) -> None:
    with pytest.raises(ValidationError, match="phone number"):
        find_in_bodies(number)


@pytest.mark.parametrize("words", ["", "  ", "ab", " ab ", "x" * 201, "nul\x00nul"])
def test_too_few_or_too_many_words_are_refused(hook: Hook, words: str) -> None:
    with pytest.raises(ValidationError, match="3 to 200 characters"):
        find_in_bodies(words)


def test_a_search_that_takes_too_long_is_stopped_and_says_so(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    store(hook, b"words")
    monkeypatch.setattr(search, "FIND", "SELECT id FROM ingest_delivery, pg_sleep(5)")
    monkeypatch.setattr(search, "SECONDS", 1)
    with pytest.raises(ValidationError, match="longer than 1 seconds"):
        find_in_bodies("words")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # the connection is as good as before
        assert cursor.fetchone() == (1,)


def test_the_words_are_data_and_no_sql(hook: Hook) -> None:
    found = store(hook, b"'; DROP TABLE ingest_delivery; --")
    assert find_in_bodies("'; DROP TABLE") == [found]


def test_what_was_dismissed_is_not_replayed_with_the_rest(hook: Hook) -> None:
    dismissed, open_, unreadable = (store(hook, b"{}") for _ in range(3))
    store(hook, b"{}")
    items = [Quarantined.objects.create(delivery_id=pk, place=0, why="unused") for pk in (dismissed, open_)]
    Delivery.objects.filter(pk=unreadable).update(state=Delivery.State.UNREADABLE)
    assert (dismiss(items[0]), dismiss(items[0])) == (True, False)
    assert sorted(with_something_aside().values_list("pk", flat=True)) == [open_, unreadable]
    Delivery.objects.update(state=Delivery.State.PROCESSED)
    call_command("replay", "--quarantined")
    waiting = Delivery.objects.filter(state=Delivery.State.RECEIVED)
    assert sorted(waiting.values_list("pk", flat=True)) == [open_]
