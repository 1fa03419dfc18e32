"""S05: a right signature speaks for its own hook's numbers only; what names another's reaches no workspace."""

from collections.abc import Iterator
from typing import Any

import pytest

from apps import tenants
from apps.conversations.models import Message
from apps.ingest.models import Quarantined
from tests.furnished import Business, committed, rows
from tests.payloads import change, envelope, status, text
from tests.security.webhooks import path_of, posted, processed, signed

PHONE = "447700900123"
Why = Quarantined.Why


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """These tests commit: the intake has connections of its own."""


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Business, Business]]:
    with committed(django_db_blocker) as both:
        yield both


def deliver(business: Business, *changes: dict[str, Any]) -> list[str]:
    """The business's own hook brings these changes, signed as they should be."""
    body = envelope(*changes)
    assert posted(path_of(business), (body, signed(body, business.secret))) == [200]
    return processed()


def aside() -> list[tuple[int, str]]:
    return list(Quarantined.objects.order_by("place").values_list("place", "why"))


def test_what_names_anothers_number_is_kept_aside_and_its_neighbours_arrive(two: tuple[Business, Business]) -> None:
    acme, other = two
    before = rows(other.workspace)
    said = {"from": "442079460000", "to": PHONE, "id": "wamid.E", "timestamp": "1794000100", "type": "text"}
    states = deliver(
        acme,
        text("For the others", phone=PHONE, number=other.number),
        text("For us", phone=PHONE, number=acme.number),
        status("read", wamid="wamid.X", key="x", number=other.number),
        change(other.number, {"message_echoes": [{**said, "text": {"body": "Forged"}}]}, field="smb_message_echoes"),
        text("For nobody", phone=PHONE, number="999888777666555"),
    )
    assert states == ["processed"]
    assert aside() == [(0, Why.FOREIGN_ROUTE), (2, Why.FOREIGN_ROUTE), (3, Why.FOREIGN_ROUTE), (4, Why.UNKNOWN_ROUTE)]
    assert rows(other.workspace) == before
    with tenants.enter(acme.workspace):
        assert list(Message.objects.values_list("text", flat=True)) == ["For us"]


def test_a_status_of_anothers_message_moves_nothing(two: tuple[Business, Business]) -> None:
    """The id of a message of Other's, told by Acme's app about Acme's own number."""
    acme, other = two
    deliver(other, text("Hello", phone=PHONE, number=other.number))
    with tenants.enter(other.workspace):
        theirs = Message.objects.get()
        Message.objects.filter(pk=theirs.pk).update(direction="out", state="sent", external_id="wamid.THEIRS")
    before = [rows(one.workspace) for one in two]
    deliver(acme, status("failed", wamid="wamid.THEIRS", key=str(theirs.key), number=acme.number))
    assert [rows(one.workspace) for one in two] == before
    assert aside() == []


@pytest.mark.parametrize("number", ["", "1", "acme", "../other", "100200300400502 ", "１００２００３００４００５０２"])
def test_a_number_that_is_written_oddly_is_nobodys(two: tuple[Business, Business], number: str) -> None:
    before = [rows(one.workspace) for one in two]
    assert deliver(two[0], text("Hello", phone=PHONE, number=number)) == ["processed"]
    assert [rows(one.workspace) for one in two] == before
    assert len(aside()) == 1
