"""Puts a bot's chat on a business's website: a widget is an inbox whose hook and route are made with it.

Owns how a widget looks and on which websites it may be. The bot's test conversation is a hidden one.
"""

import secrets
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.bots.models import Bot
from apps.core import audit, limits
from apps.inboxes.models import Inbox, Widget
from apps.providers.web_chat.origins import origins_of
from apps.tenants.models import Hook, Route, Workspace
from apps.tenants.services import add_route

KIND = "web_chat"


NO_LOOK: Mapping[str, str] = {}


def connect_widget(
    workspace: Workspace,
    *,
    bot: Bot,
    name: str,
    websites: str,
    look: Mapping[str, str] = NO_LOOK,
    hidden: bool = False,
) -> Widget:
    """A new web chat of the bot. `websites` are addresses on lines or apart by spaces; `look` fields of Widget.

    Raises ValidationError by field for what cannot be, LimitReached by the plan (a hidden one is outside it).
    """
    origins = _origins(websites)
    key = generate_key()
    with transaction.atomic():
        if not hidden:
            limits.check("inboxes")
        hook = Hook.objects.create(
            provider=KIND, key=key, secrets=secrets.token_urlsafe(32), origins="\n".join(origins)
        )
        add_route(KIND, key, workspace=workspace, hook=hook)
        inbox = Inbox(
            provider=KIND, external_key=key, name=name, bot=bot, hook=hook, address=_shown(origins), hidden=hidden
        )
        inbox.full_clean()
        inbox.save()
        widget = Widget(inbox=inbox, **look)
        widget.full_clean()
        widget.save()
        if not hidden:
            added: audit.Changes = {"bot": ["", bot.name], "websites": ["", "\n".join(origins)]}
            audit.record("inbox.connected", inbox, name=name, changes=added)
    return widget


def change_widget(
    widget: Widget, *, name: str, websites: str, bot: Bot | None = None, look: Mapping[str, str] = NO_LOOK
) -> Widget:
    """Changes look, bot and websites; other processes know the websites within a minute. Raises ValidationError."""
    origins = _origins(websites)
    with transaction.atomic():
        inbox, stood = widget.inbox, websites_of(widget)
        changes = {
            **audit.changes_of(inbox, {"name": name, "bot": bot or inbox.bot}),
            **({"websites": ["\n".join(stood), "\n".join(origins)]} if set(stood) != set(origins) else {}),
            **audit.changes_of(widget, look),
        }
        Hook.objects.filter(provider=KIND, key=inbox.external_key).update(origins="\n".join(origins))
        inbox.name, inbox.address, inbox.bot = name, _shown(origins), bot or inbox.bot
        inbox.full_clean()
        inbox.save(update_fields=["name", "address", "bot"])
        for field, value in look.items():
            setattr(widget, field, value)
        widget.full_clean()
        widget.save()
        if changes and not inbox.hidden:
            audit.record("inbox.changed", inbox, name=name, changes=changes)
    return widget


def websites_of(widget: Widget) -> tuple[str, ...]:
    """The origins on which the widget may be."""
    hook = Hook.objects.filter(provider=KIND, key=widget.inbox.external_key).first()
    return hook.origin_list if hook else ()


def tried_by(bot: Bot) -> Widget | None:
    """The bot's test conversation, if it was ever begun and can be reached."""
    widget = Widget.objects.filter(inbox__bot=bot, inbox__hidden=True).select_related("inbox").order_by("id").first()
    reachable = widget and Route.objects.filter(kind=KIND, key=widget.inbox.external_key).exists()
    return widget if reachable else None


def begin_test(workspace: Workspace, bot: Bot, *, website: str) -> Widget:
    """The bot's test conversation on our own pages at `website`, made when there is none."""
    with transaction.atomic():
        Bot.objects.select_for_update().get(pk=bot.pk)  # two presses make one
        widget = tried_by(bot)
        if widget is None:
            return connect_widget(workspace, bot=bot, name=f"Test of {bot.name}"[:120], websites=website, hidden=True)
        return change_widget(widget, name=widget.inbox.name, websites=website)


def snippet(base_url: str, key: str) -> str:
    """What the business puts into its website."""
    return f'<script async src="{base_url}/static/widget/chat.js" data-key="{key}"></script>'


def generate_key() -> str:
    """The widget's public name; it stands in the website's source."""
    return secrets.token_hex(11)


def _origins(websites: str) -> tuple[str, ...]:
    try:
        origins = origins_of(websites)
    except ValueError as error:
        raise ValidationError({"websites": str(error)}) from error
    if not origins:
        raise ValidationError({"websites": "Name the website on which the chat will be."})
    return origins


def _shown(origins: tuple[str, ...]) -> str:
    """The first website, for lists."""
    return origins[0].partition("://")[2][:80]
