"""S36: what a stranger can make a business pay for is bounded, and what is over the bound waits instead of costing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps import tenants
from apps.assistant import services as assistant
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.core import http
from apps.handoff.models import Handoff
from apps.llm.openai.messages import messages
from apps.work import kinds
from apps.work.models import Bucket, WorkItem
from tests.conftest import inbound
from tests.furnished import Outside, Parrot
from tests.security.conftest import Furniture
from tests.security.talking import PHONE, work

TURNS = "dialogue.take_turns"


@pytest.fixture
def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    fake = Parrot()
    for place in ("apps.dialogue.services", "apps.knowledge.search"):
        monkeypatch.setattr(f"{place}.llm_of", lambda bot: fake)
    monkeypatch.setattr(http, "request", Outside().request)
    return fake


def due() -> None:
    """Everything is due now; no bucket is filled up meanwhile."""
    WorkItem.objects.filter(kind=TURNS).update(due_at=timezone.now() - timedelta(seconds=1))


def write(acme: Furniture, *words: str, phone: str = PHONE) -> None:
    with tenants.enter(acme.business.workspace):
        Handoff.objects.filter(conversation=acme.conversation).delete()
        conversations.switch_ai(acme.conversation, on=True)
        for said in words:
            conversations.receive(acme.business.inbox, inbound(said, phone=phone))


def test_a_flood_of_long_messages_is_one_call_of_a_bounded_size(acme: Furniture, parrot: Parrot) -> None:
    write(acme, *[f"{number} " + "word " * 12_000 for number in range(60)])
    work(acme, [acme.conversation.pk])
    ((_, prompt),) = parrot.told
    size = sum(len(message["content"]) for message in messages(prompt))
    assert len(prompt.said) == assistant.MOST_UNANSWERED
    assert size <= assistant.MOST_UNANSWERED * assistant.MOST_UNANSWERED_TEXT + 20_000


def test_one_contact_is_answered_at_most_once_in_ten_seconds(acme: Furniture, parrot: Parrot) -> None:
    Bucket.objects.all().delete()
    for number in range(5):
        write(acme, f"Question {number}?")
        due()
        kinds.get(TURNS).work(2.0)
    assert len(parrot.told) == 1
    with tenants.enter(acme.business.workspace):
        assert Message.objects.filter(direction="in", answered_at=None).count() == 4  # they wait; none is lost


def test_many_numbers_cost_no_more_than_the_workspaces_rate(
    acme: Furniture, theirs: Furniture, parrot: Parrot, settings: Any
) -> None:
    settings.MODEL_CALLS_PER_MINUTE = 3
    Bucket.objects.all().delete()
    for number in range(12):
        write(acme, "How much is it?", phone=f"4477009002{number:02}")
    due()
    kinds.get(TURNS).work(5.0)
    mine = [schema for schema, _ in parrot.told if schema == acme.business.workspace.schema_name]
    assert len(mine) == 3
    with tenants.enter(acme.business.workspace):
        assert Message.objects.filter(direction="in", answered_at=None).count() >= 9
    write(theirs, "How much is it?", phone="447700900222")
    due()
    kinds.get(TURNS).work(5.0)
    assert [schema for schema, _ in parrot.told if schema == theirs.business.workspace.schema_name] != []
