"""Puts the demo's workspace back to its seed, whatever goes on in it meanwhile: all of it in one transaction.

Nobody writes while it runs, and no send is under way when it begins: what was due before is void, what comes in
meanwhile waits and is taken after it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from apps import tenants
from apps.accounts.models import ApiKey, Invitation, Membership, Role, User
from apps.accounts.services import changing_team
from apps.bots.models import Bot
from apps.contacts.models import Identity
from apps.conversations.models import Conversation, Message
from apps.core import audit
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.widgets import KIND, change_widget
from apps.live.audience import roles, visitor
from apps.live.push import push
from apps.providers.base import IdentityKind
from apps.tenants.business import change_business
from apps.tenants.models import Hook, Route, Workspace
from apps.tenants.services import add_route
from apps.work.models import Bucket, WorkItem
from sandbox.demo import business
from sandbox.demo.furnishing import connect_number, furnish
from sandbox.demo.world import register
from sandbox.world.client import World

#: These rows stay, made as they were: outside keys lead to them, and open pages of websites know them.
KEPT: tuple[type[Model], ...] = (Bot, Inbox, Widget)
#: What the workspace has in the public schema beside its people and routes.
SHARED: tuple[type[Model], ...] = (ApiKey, Invitation, Bucket, WorkItem)
#: Seconds to wait for a moment in which nobody writes and nothing is being sent.
PATIENCE = 15.0
#: A send takes no longer, in seconds; what says `sending` for longer was left by hands that died.
SENDING = 12.0


class BeingReset(Exception):
    """Somebody else resets it at this moment."""


class Busy(Exception):
    """There was no moment without something being written or sent."""


class _Moving(Exception):
    """Not in this moment."""


def reset(workspace: Workspace, world: World, *, base: str) -> None:
    """Everything is as `seed_demo` makes it, its part of the world included; open pages are told.

    Raises BeingReset, Busy, RouteTaken when the number was connected elsewhere, and WorldError or httpx2.HTTPError
    when the world does not answer; nothing has changed then.
    """
    until = time.monotonic() + PATIENCE
    with tenants.enter(workspace):
        while True:
            try:
                gone, visitors = _try(workspace, world, base)
                break
            except _Moving as error:
                if time.monotonic() > until:
                    raise Busy from error
                time.sleep(0.1)
        _tell(gone, visitors)


def _try(workspace: Workspace, world: World, base: str) -> tuple[list[int], list[tuple[str, str]]]:
    """One attempt; returns the conversations that are gone and the visitors who wrote in them, by key of the chat."""
    with transaction.atomic(), _alone(), changing_team(workspace):
        _hold_still()
        gone = list(Conversation.objects.values_list("pk", flat=True))
        visitors = list(
            Identity.objects.filter(
                kind=IdentityKind.VISITOR, contact__conversations__inbox__provider=KIND
            ).values_list("contact__conversations__inbox__external_key", "value")
        )
        change_business(workspace, name=business.NAME, time_zone=business.TIME_ZONE)
        _empty(workspace)
        _restore(workspace, website=world.url)
        widget = furnish(workspace, website=world.url)
        WorkItem.objects.filter(workspace=workspace).delete()
        world.reset(keep_numbers=True)
        register(world, base=base, widget=widget)
    return gone, visitors


@contextmanager
def _alone() -> Iterator[None]:
    """Holds a lock until the transaction ends. Raises BeingReset when another reset has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('demo.reset', 0))")
        if not cursor.fetchone()[0]:
            raise BeingReset
    yield


def _hold_still() -> None:
    """Keeps everybody from writing to the workspace until the transaction ends; reading goes on.

    Waits for nobody while it holds anything, so it cannot stand in a circle with others. Raises _Moving.
    """
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _models())
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {tables} IN EXCLUSIVE MODE NOWAIT")
    except OperationalError as error:
        raise _Moving from error
    recently = timezone.now() - timedelta(seconds=SENDING)
    if Message.objects.filter(state=Message.State.SENDING, changed_at__gt=recently).exists():
        raise _Moving


def _models() -> Iterator[type[Model]]:
    """Every model whose table is in the workspace's own schema."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_config.name in settings.TENANT_APPS:
            yield model


def _empty(workspace: Workspace) -> None:
    """Deletes all but what is kept. Foreign keys are looked at when the transaction ends, so the order is free."""
    for model in _models():
        if model not in KEPT:
            with audit.unlocked(), connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  # nosec B608  # ours
    for model in SHARED:
        model._base_manager.filter(workspace=workspace).delete()
    Membership.objects.filter(workspace=workspace).delete()
    Route.objects.filter(workspace=workspace).delete()


def _restore(workspace: Workspace, *, website: str) -> None:
    """Makes what was kept as it was, and drops what came to it."""
    for one in business.TEAM:
        User.objects.filter(email=one.email).update(name=one.name, is_active=True)
    bot = Bot.objects.order_by("pk").first()
    if bot is None:
        return
    _restore_bot(bot)
    number = Inbox.objects.filter(external_key=business.PHONE_NUMBER_ID).first()
    widget = Widget.objects.filter(inbox__hidden=False).select_related("inbox__hook").order_by("pk").first()
    kept = [inbox for inbox in (number, widget.inbox if widget else None) if inbox]
    others = Inbox.objects.exclude(pk__in=[inbox.pk for inbox in kept])
    # A delivery may name their hooks, so these stay, but nobody can sign for them.
    hooks = set(others.values_list("hook", flat=True)) - {inbox.hook_id for inbox in kept}
    Hook.objects.filter(pk__in=hooks - {None}).update(secrets="", origins="")
    others.delete()
    Inbox.objects.update(bot=bot, state=Inbox.State.CONNECTED, trouble="")
    Bot.objects.exclude(pk=bot.pk).delete()
    connect_number(workspace, bot)
    if widget is not None and widget.inbox.hook is not None:
        add_route(KIND, widget.inbox.external_key, workspace=workspace, hook=widget.inbox.hook)
        look = {"title": "", "colour": Widget.COLOUR, "greeting": business.GREETING, "offline_text": ""}
        widget.inbox.refresh_from_db()  # its bot may be one of those that are gone
        change_widget(widget, name=business.WEBSITE, websites=website, bot=bot, look=look)


def _restore_bot(bot: Bot) -> None:
    fresh = Bot(**business.FINN)
    settings_of = [field.attname for field in Bot._meta.concrete_fields if field.name not in ("id", "created_at")]
    for name in settings_of:
        setattr(bot, name, getattr(fresh, name))
    bot.save()


def _tell(gone: list[int], visitors: list[tuple[str, str]]) -> None:
    """Open pages look again: at the list, and at a conversation that is no more."""
    everybody = roles(*Role)
    for conversation_id in gone:
        push(everybody, {"type": "conversation", "id": conversation_id})
    for key, visitor_id in visitors:
        push(visitor(key, visitor_id), {"type": "changed"})
