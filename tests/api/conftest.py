"""A program with all scopes, and one row of everything it can ask for, in both workspaces."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from apps import tenants
from apps.conversations import services as conversations
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.inboxes.models import Inbox
from apps.knowledge.models import Source
from apps.knowledge.services import add_text, index, index_again
from apps.leads.services import lead_of
from apps.tenants.models import Workspace
from tests.api.calling import Program, program_of
from tests.conftest import inbound
from tests.furnished import furnish, start_ids_at


@pytest.fixture
def program(workspace: Workspace) -> Program:
    """Acme's program, which may do everything."""
    return program_of(workspace)


@pytest.fixture
def make_program(workspace: Workspace) -> Callable[..., Program]:
    """`make_program("bots:read")`: one of Acme's that may do only this."""
    return lambda *scopes: program_of(workspace, *scopes)


@pytest.fixture
def ids(inbox: Inbox) -> dict[str, int]:
    """One row of everything in Acme, by name."""
    return make_rows(inbox)


@pytest.fixture
def foreign_ids(other: Workspace) -> dict[str, int]:
    """One row of everything in Other Bakery, under ids that Acme has not."""
    start_ids_at(other, 7_000_000)
    inbox = furnish(other, number="100200300400502").inbox
    with tenants.enter(other):
        return make_rows(inbox)


@pytest.fixture(scope="module")
def standing_ids(standing: None, django_db_blocker: Any) -> dict[str, int]:
    """One row of everything in Acme, made once for the file."""
    with django_db_blocker.unblock():
        workspace = Workspace.objects.get(slug="acme")
        inbox = furnish(workspace, number="100200300400501").inbox
        with tenants.enter(workspace):
            return make_rows(inbox)


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    """What a test uploads goes with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


def make_rows(inbox: Inbox) -> dict[str, int]:
    """A customer who waits for a person, one who does not, their rows and what the bot knows."""
    waiting, content = (
        conversations.receive(inbox, inbound(text, phone=phone, name=name, route_key=inbox.external_key))
        for text, phone, name in (
            ("Do you repair brakes?", "447700900123", "Maya Lind"),
            ("Hello?", "447700900124", "Ines Roy"),
        )
    )
    assert waiting is not None and content is not None
    contact = waiting.conversation.contact
    source = index(add_text(inbox.bot, title="Hours", text="We open at nine and close at five."))
    index_again(Source.objects.all())  # so that it can be stopped; what it says stays known
    return {
        "bot": inbox.bot_id,
        "inbox": inbox.pk,
        "contact": contact.pk,
        "lead": lead_of(contact, inbox.bot).pk,
        "conversation": waiting.conversation_id,
        "conversation_without": content.conversation_id,
        "handoff": open_handoff(waiting.conversation_id, asked_by=Handoff.AskedBy.CONTACT, reason="Brakes").pk,
        "source": source.pk,
    }
