"""A bot that is switched off at the very moment in which it answers, on two real connections."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from apps import tenants
from apps.bots.services import switch_bot
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.dialogue import services
from apps.dialogue.models import Turn
from apps.work.models import Bucket
from tests.clocks import PATIENCE
from tests.conftest import inbound
from tests.dialogue.turns import take_turn
from tests.furnished import Business, committed

#: Longer than a switch takes that waits for nobody.
A_WHILE = 1.0


@pytest.fixture
def shop(django_db_setup: None, django_db_blocker: Any) -> Iterator[Business]:
    """Furnished, committed and entered."""
    with committed(django_db_blocker) as (acme, _), tenants.enter(acme.workspace):
        yield acme


def test_what_a_turn_says_while_the_bot_is_switched_off_is_taken_back(
    shop: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looked for before the turn's commit, it would not have been there yet; and then nothing would stop it."""

    def switch_off() -> None:
        try:
            with tenants.enter(shop.workspace):
                switch_bot(shop.inbox.bot, on=False)
        finally:
            connection.close()

    switching, write = threading.Thread(target=switch_off), services.write

    def write_after_the_switch(*turn: Any) -> None:
        switching.start()
        switching.join(A_WHILE)
        write(*turn)

    monkeypatch.setattr(services, "write", write_after_the_switch)
    assert conversations.receive(shop.inbox, inbound("When do you open?")) is not None
    take_turn()
    switching.join(PATIENCE)
    assert Turn.objects.get().outcome == "answered"
    assert list(Message.objects.filter(author="bot").values_list("state", flat=True)) == ["cancelled"]
    Bucket.objects.all().delete()
