"""Workspaces filled with words that exist nowhere else, so that a leak between two of them can be searched for."""

import json as jsonlib
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models

from apps import tenants
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.bots.models import Bot
from apps.bots.services import create_bot
from apps.core import http
from apps.inboxes.models import Inbox
from apps.inboxes.services import connect
from apps.knowledge.services import add_text, index
from apps.llm.base import Prompt, Reply
from apps.tenants.door import PUBLIC
from apps.tenants.models import Hook, Workspace
from tests.graph import accepted


@dataclass(frozen=True)
class Business:
    """A furnished workspace. `canary` stands in everything that is its own, and nowhere else."""

    workspace: Workspace
    canary: str
    number: str
    token: str
    secret: str
    bot: Bot
    hook: Hook
    inbox: Inbox
    owner: Membership

    @property
    def slug(self) -> str:
        """Its address is /w/<slug>/."""
        return self.workspace.slug


def furnish(workspace: Workspace, *, number: str) -> Business:
    """A bot with knowledge, a connected number and an owner, each bearing the canary. Enters the workspace."""
    canary = f"canary{uuid.uuid4().hex}"
    with tenants.enter(workspace):
        bot = create_bot(
            f"Ada {canary}", business=f"House of {canary}", persona=f"You serve {canary}.", region="GB",
            quiet_seconds=0, quiet_limit_seconds=0,
        )  # fmt: skip
        hook = Hook.objects.create(
            provider="whatsapp_cloud", secrets=f"secret-{canary}", verify_token=f"verify-{canary}"
        )
        inbox = connect(
            workspace,
            provider="whatsapp_cloud",
            external_key=number,
            name=f"Line of {canary}",
            bot=bot,
            hook=hook,
            token=f"token-{canary}",
        )
        Inbox.objects.filter(pk=inbox.pk).update(rate_per_minute=100_000)
        index(add_text(bot, title=f"Hours of {canary}", text=f"We open at nine. The password of the day is {canary}."))
        owner = add_member(workspace, email=f"{canary}@example.org", role=Role.OWNER, name=f"Owner {canary}")
    return Business(
        workspace, canary, number, f"token-{canary}", f"secret-{canary}", bot, hook, inbox, owner
    )  # fmt: skip


def rows(workspace: Workspace) -> str:
    """Every row of every table in the workspace's schema, as Postgres writes them."""
    with tenants.enter(workspace), connection.cursor() as cursor:
        found: list[str] = []
        for model in _models(settings.TENANT_APPS):
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')  # noqa: S608  # our tables
            found += [f"{model.__name__}{row[0]}" for row in cursor.fetchall()]
    return "\n".join(found)


@contextmanager
def committed(blocker: Any) -> Iterator[tuple[Business, Business]]:
    """Two furnished workspaces that every connection sees; all their rows are removed afterwards.

    Ids of the second start far from those of the first, so that an id says whose it is.
    """
    with blocker.unblock():
        acme, other = (Workspace.objects.get(slug=slug) for slug in ("acme", "other"))
        wipe(acme, other)
        start_ids_at(other, 5_000_000)
        try:
            yield furnish(acme, number="100200300400501"), furnish(other, number="100200300400502")
        finally:
            wipe(acme, other)
            connection.close()


def _models(labels: list[str]) -> list[type[models.Model]]:
    return [
        model
        for config in apps.get_app_configs()
        if config.name in labels and config.name.startswith("apps.")
        for model in config.get_models(include_auto_created=True)
    ]


def _shared() -> list[type[models.Model]]:
    return [model for model in _models(settings.SHARED_APPS) if model is not Workspace]


def wipe(*workspaces: Workspace) -> None:
    """Removes all that was committed, in these workspaces and outside of all. On a connection that is surely alive."""
    connection.close()
    for workspace in workspaces:
        with tenants.enter(workspace):
            _truncate(_models(settings.TENANT_APPS))
    with tenants.enter(None):
        _truncate([*_shared(), apps.get_model("sessions", "Session")])


def left_over() -> set[str]:
    """The tables, with their schemas, in which there is a row: what is committed is there for all later tests."""
    with tenants.enter(None), connection.cursor() as cursor:
        places = [(PUBLIC, model) for model in _shared()]
        for schema in Workspace.objects.values_list("schema_name", flat=True):
            places += [(schema, model) for model in _models(settings.TENANT_APPS)]
        names = [f'"{schema}"."{model._meta.db_table}"' for schema, model in places]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names))  # noqa: S608  # our tables
        return {row[0] for row in cursor.fetchall()}


def _truncate(of: list[type[models.Model]]) -> None:
    names = ", ".join(f'"{model._meta.db_table}"' for model in of)
    with connection.cursor() as cursor:  # a cursor keeps the schema in which it was opened
        cursor.execute(f"TRUNCATE {names} CASCADE")


def start_ids_at(workspace: Workspace, start: int) -> None:
    with tenants.enter(workspace), connection.cursor() as cursor:
        for model in _models(settings.TENANT_APPS):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [model._meta.db_table, start])


@dataclass(frozen=True)
class Asked:
    """One request that left: whence, whither, with what."""

    schema: str
    url: str
    token: str
    body: Mapping[str, Any]


@dataclass
class Outside:
    """Stands in for core.http.request: takes everything and remembers it, from any thread."""

    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, json: Any = None, **_: Any
    ) -> http.Response:
        """Accepts as Meta does."""
        seen = Asked(tenants.schema(), url, (headers or {}).get("authorization", "").removeprefix("Bearer "), json)
        with self.lock:
            self.asked.append(seen)
        if json.get("status") == "read":
            return http.Response(200, {}, b'{"success": true}')
        return accepted(json)

    @property
    def sends(self) -> list[Asked]:
        """The messages, without the marks "read" and "typing"."""
        return [one for one in self.asked if one.body.get("status") != "read"]

    def said_of(self, one: Asked) -> str:
        """All of a request as one text to search."""
        return jsonlib.dumps([one.url, one.token, one.body])


@dataclass
class Parrot:
    """A model that says everything it was told, and finds the same vector in every text: what leaks is heard."""

    told: list[tuple[str, Prompt]] = field(default_factory=list)
    embedder: str = "parrot"

    def chat(self, prompt: Prompt) -> Reply:
        """Repeats business, knowledge and the last message."""
        self.told.append((tenants.schema(), prompt))
        known = " ".join(passage.text for passage in prompt.passages)
        text = f"{prompt.business}. {known} You wrote: {prompt.said[-1].text}"
        return Reply(text, "parrot", fields={"location": prompt.business}, used=tuple(p.id for p in prompt.passages))

    def embed(self, texts: list[str]) -> list[list[float]]:
        """One direction for all."""
        return [[1.0] + [0.0] * 1535 for _ in texts]
