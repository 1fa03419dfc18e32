"""The cast of all tests: two workspaces made once per session, their people, a bot, an inbox, a customer.

`workspace` is entered and rolled back per test. `other` exists beside it, so that a test can look for leaks.
"""

import asyncio
import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import hypothesis
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from servestatic.middleware import ServeStaticMiddleware

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.conversations import services as conversations
from apps.conversations.models import Conversation, Message
from apps.core import exchanges, flushing, http, metrics
from apps.dialogue import overlooked
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.live import push as live_push
from apps.providers.base import ContentKind, Identity, IdentityKind, Inbound, Party
from apps.tenants.models import Hook, Workspace
from apps.tenants.services import create_workspace
from apps.work.models import Pulse
from tests import clocks, databases
from tests.canaries import log_lines
from tests.furnished import left_over, wipe
from tests.graph import Graph

APP_SECRET = "test-app-secret"
VERIFY_TOKEN = "test-verify-token"
PHONE_NUMBER_ID = "100200300400500"
CUSTOMER = "447700900123"

#: Set in the run's stash once there is a test database.
DATABASE = pytest.StashKey[bool]()

_numbers = itertools.count(1)

# However long an example takes here: what must be quick says so and is measured.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What a test writes is no older than the test."""
    clocks.begin()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Iterator[None]:
    """The test database, with two workspaces that have schemas of their own, for the whole session.

    pytest-django's own makes it only for tests that ask for `db`; tests that commit would meet the real one.
    """
    with django_db_blocker.unblock():
        made = databases.make(_settle, keepdb=django_db_keepdb and not django_db_createdb)
    clocks.begin()  # what this took is not the test's
    request.config.stash[DATABASE] = True
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.remove(made)


def _settle() -> None:
    for slug, name in (("acme", "Acme Cycles"), ("other", "Other Bakery")):
        if not Workspace.objects.filter(slug=slug).exists():  # a kept database has them
            create_workspace(name, slug=slug)
    wipe(*Workspace.objects.all())  # what the building made due and noted; tests count what they do themselves


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_written_by_itself() -> Iterator[None]:
    """A thread of this process would write what tests count and record, for good, whenever its second is over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flushing, "begin", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Each test's browser has a middleware of its own, and each would list and look at every static file anew."""
    listed: list[ServeStaticMiddleware] = []
    list_all = ServeStaticMiddleware.add_files_from_finders

    def list_once(middleware: ServeStaticMiddleware) -> None:
        if not listed:
            list_all(middleware)
            listed.append(middleware)
        middleware.files, middleware.directories = listed[0].files, listed[0].directories

    with mock.patch.object(ServeStaticMiddleware, "add_files_from_finders", list_once):
        yield


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """What a file's tests commit they take away: in another order of files it would stand in others' way."""
    yield
    # While a browser is open its loop runs in this thread: such files have an installation of their own.
    if DATABASE not in request.config.stash or asyncio._get_running_loop() is not None:
        return
    with django_db_blocker.unblock():
        Pulse.objects.all().delete()  # a sign of life, which an intake that a test has begun writes by itself
        left = left_over()
        if left:
            wipe(*Workspace.objects.all())
    assert left == set(), f"{request.node.nodeid} has left rows behind"


@pytest.fixture(autouse=True)
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, dict[str, Any]]]:
    """What would be pushed to open pages; nothing goes to Redis in unit tests."""
    sent: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(live_push, "_enqueue", lambda groups, payload: sent.append((groups, payload)))
    return sent


@pytest.fixture(autouse=True)
def _counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test counts or records is its own, and written only when it says so."""
    _count_for_itself(monkeypatch)


def _count_for_itself(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(metrics, "_tally", metrics.Tally())
    patch.setattr(exchanges, "_buffer", exchanges.Buffer())


@pytest.fixture(autouse=True)
def _nobody_talks_to_themselves(settings: Any) -> None:
    """No test but those that ask for it holds a synthetic conversation."""
    settings.SYNTHETIC_SECONDS = 0


@pytest.fixture(autouse=True)
def _nobody_looks_for_the_overlooked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test but those that ask for it schedules the look: a process does so once in minutes, whichever test it is."""
    monkeypatch.setattr(overlooked, "is_time", lambda *_: False)


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around those of the file's tests: what is written in it is there for each of them, unchanged.

    For rows that take longer to make than to look at. Nothing may commit in such a file.
    """
    around = transaction.atomic()
    with pytest.MonkeyPatch.context() as patch:
        _count_for_itself(patch)
        with django_db_blocker.unblock():
            around.__enter__()
        yield
        with django_db_blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)


@pytest.fixture
def graph(monkeypatch: pytest.MonkeyPatch) -> Graph:
    """Meta, at the one function through which everything leaves."""
    fake = Graph()
    monkeypatch.setattr(http, "request", fake.request)
    return fake


@pytest.fixture
def workspace(db: None) -> Iterator[Workspace]:
    """Acme Cycles, entered."""
    found = Workspace.objects.get(slug="acme")
    with tenants.enter(found):
        yield found


@pytest.fixture
def other(db: None) -> Workspace:
    """Other Bakery, beside it, not entered."""
    with tenants.enter(None):
        return Workspace.objects.get(slug="other")


@pytest.fixture
def bot(workspace: Workspace) -> Bot:
    """The workspace's bot; it answers offline and waits for nobody."""
    return create_bot("Ada", business="Acme Cycles", quiet_seconds=0, quiet_limit_seconds=0, region="GB")


@pytest.fixture
def hook(db: None) -> Hook:
    """A vendor app's hook."""
    return Hook.objects.create(provider="whatsapp_cloud", secrets=APP_SECRET, verify_token=VERIFY_TOKEN)


@pytest.fixture
def inbox(workspace: Workspace, bot: Bot, hook: Hook) -> Inbox:
    """A connected WhatsApp number of the workspace."""
    return connect(
        workspace,
        provider="whatsapp_cloud",
        external_key=PHONE_NUMBER_ID,
        name="Acme on WhatsApp",
        address="+44 20 7946 0000",
        bot=bot,
        hook=hook,
        token="test-token",
    )


@pytest.fixture
def member(workspace: Workspace) -> Callable[..., Membership]:
    """Makes a member of the workspace: `member(Role.VENDOR)`."""

    def make(role: Role, email: str = "") -> Membership:
        return add_member(workspace, email=email or f"{role}{next(_numbers)}@example.org", role=role)

    return make


@pytest.fixture
def client_for(member: Callable[..., Membership]) -> Callable[..., Client]:
    """A browser that is signed in as a new member with this role; None is a stranger without any."""

    def make(role: Role | None, *, user: Any = None) -> Client:
        client = Client()
        if user is None:
            membership = member(role or Role.VIEWER)
            user = membership.user
            if role is None:
                membership.delete()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return client

    return make


def inbound(text: str = "Hello", *, phone: str = CUSTOMER, name: str = "Maya Lind", **fields: Any) -> Inbound:
    """A message as the provider's parser gives it; no line of the log may repeat it."""
    log_lines.said(text)
    values: dict[str, Any] = {
        "route_key": PHONE_NUMBER_ID,
        "external_id": f"wamid.{uuid.uuid4().hex}",
        "sender": Party((Identity(IdentityKind.PHONE, phone),), name),
        "kind": ContentKind.TEXT,
        "text": text,
        "content": {},
        "sent_at": None,
    }
    return Inbound(**{**values, **fields})


@pytest.fixture
def receive(inbox: Inbox) -> Callable[..., Message]:
    """A customer writes: `receive("Hello", phone=…)`."""

    def write(text: str = "Hello", **fields: Any) -> Message:
        message = conversations.receive(inbox, inbound(text, **fields))
        assert message is not None
        return message

    return write


@pytest.fixture
def make_conversation(receive: Callable[..., Message]) -> Callable[..., Conversation]:
    """A conversation that a customer began: `make_conversation("Hello", phone=…)`."""

    def make(text: str = "Hello", **fields: Any) -> Conversation:
        return receive(text, **fields).conversation

    return make
