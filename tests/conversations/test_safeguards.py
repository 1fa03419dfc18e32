"""What only another connection sees: `sending` stands in the database before a byte leaves, a message stands once."""

import threading

import psycopg
import pytest
from django.db import connection, transaction

from apps.conversations import services
from apps.conversations.models import Message
from apps.core import http
from apps.providers.base import Identity, IdentityKind, Party
from tests.clocks import PATIENCE
from tests.conftest import inbound
from tests.conversations.conftest import AtOnce
from tests.conversations.sending import deliver, say, state
from tests.furnished import Business
from tests.graph import Graph


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Graph:
    fake = Graph()
    monkeypatch.setattr(http, "request", fake.request)
    return fake


def seen_by_others(schema: str, message: Message) -> str:
    """The message's state as a connection of its own reads it."""
    settings = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port")
    with psycopg.connect(**{name: settings[name] for name in names if settings.get(name)}) as other:
        query = f"SELECT state FROM {schema}.conversations_message WHERE id = %s"  # noqa: S608  # a schema of ours
        return str(other.execute(query, [message.pk]).fetchone()[0])  # type: ignore[index]  # it is there


def test_sending_is_committed_before_the_first_byte_leaves(shop: Business, world: Graph) -> None:
    received = services.receive(shop.inbox, inbound("Hello"))
    assert received is not None
    message, seen = say(received.conversation, "Hi there"), []
    world.during_send = lambda: seen.append(seen_by_others(shop.workspace.schema_name, message))
    deliver(received.conversation)
    assert seen == ["sending"]
    assert state(message) == "sent"


def test_a_message_that_two_senders_claim_at_once_is_stored_once(shop: Business, at_once: AtOnce) -> None:
    """The conversation's lock does not help, since they are of two conversations: the key of the table decides."""
    both_have_looked = threading.Barrier(2, timeout=PATIENCE)

    def write(phone: str) -> Message | None:
        party = Party((Identity(IdentityKind.PHONE, phone),), "Somebody")
        with transaction.atomic():
            # Its own conversation first, so that the two meet at the message and nowhere before.
            services.receive(shop.inbox, inbound("First", external_id=f"wamid.{phone}", sender=party))
        both_have_looked.wait()
        return services.receive(shop.inbox, inbound("The same", external_id="wamid.twice", sender=party))

    for _ in range(5):
        stored = at_once(lambda: write("447700900001"), lambda: write("447700900002"))
        assert len({message.pk for message in stored}) == 1
        assert Message.objects.filter(external_id="wamid.twice").count() == 1
        Message.objects.filter(external_id="wamid.twice").delete()
