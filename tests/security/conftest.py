"""Two furnished workspaces inside the test's transaction, everybody who may knock, and something of each to ask for."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from apps import tenants
from apps.accounts.api_keys import create_key
from apps.accounts.inviting import invite
from apps.accounts.models import ApiKey, Invitation, Membership, Role, User
from apps.accounts.services import add_member
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.conversations.states import lock
from apps.handoff.models import Handoff
from apps.handoff.services import open_handoff
from apps.ingest.models import Delivery, Quarantined
from apps.leads.models import Lead
from apps.leads.services import lead_of, save_fields
from apps.notices.models import Notice
from apps.staff.models import Look
from apps.staff.services import note_change, note_look, note_visit
from apps.tenants.models import Workspace
from apps.work.models import WorkItem
from tests.conftest import inbound
from tests.furnished import Business, furnish, start_ids_at

STRANGER = "stranger@example.org"
STAFF = "staff@leadline.example"


@dataclass(frozen=True)
class Furniture:
    """A furnished workspace with a conversation in it: its customer's words, a lead, a handoff, a failed message."""

    business: Business
    conversation: Conversation
    lead: Lead
    failed: Message
    handoff: Handoff
    source: int
    api_key: ApiKey
    colleague: Membership
    invitation: Invitation
    notice: int
    seen_by_staff: Mapping[str, int]

    @property
    def ids(self) -> dict[str, int]:
        """What stands in addresses, by the place where it stands."""
        return {
            **{"c": self.conversation.pk, "leads": self.lead.pk, "messages": self.failed.pk},
            **{"bots": self.business.bot.pk, "inboxes": self.business.inbox.pk, "knowledge": self.source},
            **{"contacts": self.conversation.contact_id, "conversations": self.conversation.pk},
            **{"team": self.colleague.pk, "invitations": self.invitation.pk, "notices": self.notice},
            **{"handoffs": self.handoff.pk, "sources": self.source, "api-keys": self.api_key.pk},
            **{"workspace": self.business.workspace.pk, "user": self.business.owner.user_id, **self.seen_by_staff},
        }


def fill(business: Business, *, phone: str) -> Furniture:
    """A customer has written; the bot's answer failed; they wait for a person."""
    with tenants.enter(business.workspace):
        message = conversations.receive(
            business.inbox, inbound(f"I am looking for {business.canary}", phone=phone, name=f"Maya {business.canary}")
        )
        assert message is not None
        conversation = message.conversation
        lead = lead_of(conversation.contact, business.bot)
        lead = save_fields(lead, {"name": f"Maya {business.canary}"}, message_id=message.pk)
        failed = conversations.queue(lock(conversation.pk), text=f"To {business.canary}", author=Message.Author.BOT)[0]
        Message.objects.filter(pk=failed.pk).update(state=Message.State.FAILED)
        handoff = open_handoff(conversation.pk, asked_by=Handoff.AskedBy.CONTACT, reason=f"Wants {business.canary}")
        source = business.bot.sources.get().pk
        notice = Notice.objects.filter(user=business.owner.user).latest("pk").pk
    key, _ = create_key(business.workspace, name="CRM", scopes=["bots:read"], maker=business.owner.user)
    colleague = add_member(business.workspace, email=f"vendor-{business.canary}@example.org", role=Role.VENDOR)
    invited = invite(business.owner, emails=[f"guest-{business.canary}@example.org"], role=Role.VENDOR)
    return Furniture(
        business, conversation, lead, failed, handoff, source, key, colleague, invited[0].invitation, notice,
        for_staff(business),
    )  # fmt: skip


def for_staff(business: Business) -> dict[str, int]:
    """A row of each list of the admin that the workspace does not fill itself."""
    body = json.dumps({"text": f"Written to {business.canary}"}).encode()
    delivery = Delivery.objects.create(hook=business.hook, body=body, headers={"content-type": "application/json"})
    aside = Quarantined.objects.create(delivery=delivery, place=0, why=Quarantined.Why.UNKNOWN_ROUTE)
    work = WorkItem.objects.create(workspace=business.workspace, kind="knowledge.index", key="9000000")
    owner = business.owner.user
    look = note_look(owner, Look.What.WORKSPACE, workspace=business.workspace)
    note_change(owner, business.workspace, "Suspended")
    return {
        **{"delivery": delivery.pk, "quarantined": aside.pk, "workitem": work.pk, "look": look.pk},
        "visit": note_visit(owner, address="127.0.0.1", agent="Firefox").pk,
        "logentry": LogEntry.objects.latest("pk").pk,
    }


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    """What a test uploads goes with it."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _from_outside(workspace: Workspace) -> Iterator[None]:
    """Requests come from outside every workspace. What counts against a rate is undone with the test."""
    with tenants.enter(None):
        yield


@pytest.fixture(scope="module")
def furniture(standing: None, django_db_blocker: Any) -> tuple[Furniture, Furniture]:
    """Acme and Other Bakery, furnished once for the file."""
    with django_db_blocker.unblock(), tenants.enter(None):
        mine, foreign = (Workspace.objects.get(slug=slug) for slug in ("acme", "other"))
        first = fill(furnish(mine, number="100200300400501"), phone="447700900111")
        start_ids_at(foreign, 5_000_000)
        return first, fill(furnish(foreign, number="100200300400502"), phone="447700900222")


@pytest.fixture
def both(furniture: tuple[Furniture, Furniture], workspace: Workspace) -> tuple[Furniture, Furniture]:
    """Both with rows of the test's own, as they were written: what one test does to them is not seen by the next."""
    return copy.deepcopy(furniture)


@pytest.fixture
def acme(both: tuple[Furniture, Furniture]) -> Furniture:
    """Acme, furnished."""
    return both[0]


@pytest.fixture
def theirs(both: tuple[Furniture, Furniture]) -> Furniture:
    """Other Bakery, furnished; its ids are none that Acme has."""
    return both[1]


@pytest.fixture
def browser(workspace: Workspace) -> Callable[[str | User], Client]:
    """`browser("vendor")`: somebody at the door of Acme. Also "nobody", "stranger" and "staff", or any user."""

    def open_browser(who: str | User) -> Client:
        client = Client()
        if who == "nobody":
            return client
        user = who if isinstance(who, User) else _person(workspace, who)
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return open_browser


def _person(workspace: Workspace, role: str) -> User:
    if role == "staff":
        return User.objects.filter(email=STAFF).first() or User.objects.create_user(
            STAFF, is_staff=True, is_superuser=True
        )
    if role == "stranger":
        return User.objects.filter(email=STRANGER).first() or User.objects.create_user(STRANGER)
    membership: Membership = add_member(workspace, email=f"{role}@acme.example.org", role=Role(role))
    return membership.user


def again(client: Client) -> Client:
    """Another window of the same browser: what the first one does to its cookies is not seen here."""
    window = copy.copy(client)
    window.cookies = copy.deepcopy(client.cookies)
    return window


def words_of(answer: Any) -> str:
    """The body and headers of an answer as one text to search, without the request's own number."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    return f"{headers}\n{answer.content.decode()}"
