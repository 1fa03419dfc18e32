"""Everything that acts without an address has a row, and keeps to it."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from apps import tenants
from apps.accounts.models import User
from apps.core import actions
from apps.core.actions import Context, Effect, perform
from apps.inboxes.widgets import connect_widget
from apps.ingest.asgi import PREFIX
from apps.live import routing
from apps.live.visitors import Chat, find_chat
from apps.providers import registry
from apps.tenants.models import Workspace
from apps.watch.asgi import READYZ, Readiness
from apps.watch.checks import Row
from apps.work import kinds
from config import asgi
from tests.asgi import ask
from tests.furnished import rows
from tests.isolation.layers import in_workspace, own_models
from tests.live.sockets import ORIGIN, run, socket
from tests.security.acts import (
    ACTIONS,
    COMMANDS,
    FOREIGN_VISITOR,
    KINDS,
    NO_SOCKET,
    OWN_VISITOR,
    RAW,
    READY,
    REFUSED,
    SOCKETS,
    WEBHOOKS,
)
from tests.security.conftest import Furniture
from tests.security.routes import OTHER_OWNER

Browser = Callable[[str], Client]
SITE = "https://shop.example"


def test_every_kind_of_work_has_a_row_and_the_queue_in_it() -> None:
    assert {kind.name: kind.queue for kind in kinds.all_kinds()} == {name: row.queue for name, row in KINDS.items()}


def test_every_action_has_a_row() -> None:
    assert actions.names() == sorted(ACTIONS)


def test_every_socket_has_a_row() -> None:
    tables = {name: found for name, found in vars(routing).items() if name.endswith("urlpatterns")}
    assert sorted(tables) == ["visitor_urlpatterns", "websocket_urlpatterns"]
    everything = sorted(str(route.pattern) for found in tables.values() for route in found)
    assert everything == sorted([*SOCKETS, *[NO_SOCKET] * len(tables)])


def test_everything_in_front_of_django_has_a_row() -> None:
    source = (Path(settings.BASE_DIR) / "config" / "asgi.py").read_text()
    assert re.findall(r'scope\["path"\](?:\.startswith\(| == )(\w+)', source) == list(RAW)


@pytest.mark.parametrize(("name", "path"), [("PREFIX", PREFIX), ("READYZ", READYZ)])
def test_what_is_in_front_of_django_answers_as_its_row_says(
    monkeypatch: pytest.MonkeyPatch, name: str, path: str
) -> None:
    async def fine(*_: object) -> Row:
        return Row(relay=0.4, chat=0.5, default=0.6, work=None, delivery=None)

    monkeypatch.setattr("apps.watch.asgi._ask", fine)
    monkeypatch.setattr("apps.work.doorbell.answers", fine)

    async def scene() -> dict[str, int]:
        monkeypatch.setattr(asgi, "readiness", Readiness())
        return {method: (await ask(asgi.application, method, path))[0] for method in RAW[name]}

    assert asyncio.run(scene()) == RAW[name]


def test_every_provider_that_posts_to_us_has_a_row() -> None:
    assert sorted(registry.kinds()) == sorted(WEBHOOKS)


def test_every_command_has_a_row() -> None:
    found = {
        path.stem
        for path in (Path(settings.BASE_DIR) / "apps").glob("*/management/commands/*.py")
        if path.stem != "__init__"
    }
    assert found == set(COMMANDS)


def written(workspace: Workspace) -> dict[str, list[str]]:
    """The rows of each table of the workspace."""
    with tenants.enter(workspace), connection.cursor() as cursor:
        found = {}
        for model in own_models():
            if in_workspace(model):
                cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t ORDER BY id')  # noqa: S608  # our tables
                found[model._meta.label] = [row[0] for row in cursor.fetchall()]
    return found


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_writes_only_what_its_row_says_and_only_here(acme: Furniture, theirs: Furniture, name: str) -> None:
    before, foreign = written(acme.business.workspace), rows(theirs.business.workspace)
    context = Context(
        conversation_id=acme.conversation.pk,
        contact_id=acme.conversation.contact_id,
        bot_id=acme.business.bot.pk,
        turn_id=1,
        message_id=acme.failed.pk,
    )
    with tenants.enter(acme.business.workspace):
        acme.handoff.delete()
        before = written(acme.business.workspace)
        perform(context, Effect(name, ACTIONS[name].params))
    after = written(acme.business.workspace)
    changed = {label for label in after if after[label] != before[label]}
    assert changed and changed <= ACTIONS[name].writes
    assert rows(theirs.business.workspace) == foreign


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_pointed_at_another_workspaces_rows_finds_none(acme: Furniture, theirs: Furniture, name: str) -> None:
    foreign = rows(theirs.business.workspace)
    context = Context(
        conversation_id=theirs.conversation.pk,
        contact_id=theirs.conversation.contact_id,
        bot_id=theirs.business.bot.pk,
        turn_id=1,
        message_id=theirs.failed.pk,
    )
    with tenants.enter(acme.business.workspace), pytest.raises(Exception, match="does not exist|matching query"):
        perform(context, Effect(name, ACTIONS[name].params))
    assert rows(theirs.business.workspace) == foreign


@pytest.mark.parametrize(("path", "visitor"), [(path, visitor) for path, row in SOCKETS.items() for visitor in row])
def test_every_visitor_of_a_socket_hears_what_the_row_says(
    acme: Furniture,
    theirs: Furniture,
    browser: Callable[[str | User], Client],
    monkeypatch: pytest.MonkeyPatch,
    settings: object,
    path: str,
    visitor: str,
) -> None:
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}  # type: ignore[attr-defined]
    nobodies = ("nobody", OWN_VISITOR, FOREIGN_VISITOR)
    client = None if visitor in nobodies else browser(theirs.business.owner.user if visitor == OTHER_OWNER else visitor)
    chat, another = chat_of(acme), chat_of(theirs)
    token_of = {OWN_VISITOR: chat, FOREIGN_VISITOR: another}.get(visitor)
    address = "/" + path.replace("<slug:slug>", "acme").replace("<str:key>", chat.key)

    async def scene() -> str | int:
        page = socket(client, address, origin=SITE if "chat/" in path else ORIGIN)
        if token_of:
            page.scope["subprotocols"] = ["leadline.visitor", token_of.token("0" * 32)]
        if not await page.connect():
            return REFUSED
        if SOCKETS[path][visitor] == READY:
            said = str((await page.hear())["type"])
            await page.leave()
            return said
        return await page.closing_code()

    assert run(scene) == SOCKETS[path][visitor]


def chat_of(one: Furniture) -> Chat:
    """A web chat of the workspace on SITE."""
    with tenants.enter(one.business.workspace):
        inbox = connect_widget(one.business.workspace, bot=one.business.bot, name="Chat", websites=SITE).inbox
    chat = find_chat(inbox.external_key)
    assert chat
    return chat


@pytest.mark.parametrize("name", [name for name, row in COMMANDS.items() if row.says])
def test_a_command_that_cannot_do_it_says_why_and_writes_nothing(acme: Furniture, theirs: Furniture, name: str) -> None:
    before = [written(one.business.workspace) for one in (acme, theirs)]
    people = Workspace.objects.count()
    with pytest.raises(CommandError, match=COMMANDS[name].says):
        call_command(name, *COMMANDS[name].refuses)
    assert [written(one.business.workspace) for one in (acme, theirs)] == before
    assert Workspace.objects.count() == people
