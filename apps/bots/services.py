"""Makes, changes, copies and deletes bots, and finds the model that a bot speaks with."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.bots.events import BotChanged, BotCopied, BotDeleted, BotSwitched
from apps.bots.models import Bot, BotChange, GettingStarted
from apps.core import audit, limits
from apps.core.events import publish
from apps.llm import registry
from apps.llm.base import LLM

What = BotChange.What


class BotInUse(Exception):
    """The bot cannot be deleted. `text` says what uses it and what to do."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def create_bot(name: str, *, business: str, by: User | None = None, **fields: Any) -> Bot:
    """A new bot of the workspace. Raises LimitReached when the plan allows no more."""
    with transaction.atomic():
        limits.check("bots")
        bot = Bot.objects.create(name=name, business=business, **fields)
        _note(bot, What.CREATED, by)
    return bot


def change_bot(bot: Bot, *, by: User | None = None, **values: Any) -> Bot:
    """Gives the bot these settings; those it has already are no change."""
    with transaction.atomic():
        locked = Bot.objects.select_for_update().get(pk=bot.pk)
        changes = audit.changes_of(locked, values)
        changed = tuple(changes)
        if changed:
            for name in changed:
                setattr(locked, name, values[name])
            locked.save(update_fields=changed)
            _note(locked, What.CHANGED, by, changes)
            publish(BotChanged(locked.pk, changed))
    return locked


def switch_bot(bot: Bot, *, on: bool, by: User | None = None) -> Bot:
    """Lets the bot answer, or silences it in every conversation, from this commit on."""
    with transaction.atomic():
        if Bot.objects.filter(pk=bot.pk).exclude(enabled=on).update(enabled=on):
            _note(bot, What.SWITCHED_ON if on else What.SWITCHED_OFF, by)
            publish(BotSwitched(bot.pk, on, by.pk if by else None))
    bot.enabled = on
    return bot


def stays_on(bot: Bot) -> bool:
    """Whether the bot is on; if so, whoever switches it off waits until the transaction ends.

    Bot comes before Conversation in the lock order: the switch takes back what the bot has said in conversations.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM bots_bot WHERE id = %s AND enabled FOR SHARE", [bot.pk])
        return cursor.fetchone() is not None


def copy_bot(bot: Bot, *, by: User | None = None) -> Bot:
    """A second bot with the same settings, key and knowledge; no inbox uses it yet. Raises LimitReached."""
    with transaction.atomic():
        limits.check("bots")
        same = {field.name: getattr(bot, field.name) for field in Bot._meta.concrete_fields}
        del same["id"], same["created_at"]
        copy = Bot.objects.create(**{**same, "name": _("Copy of %(name)s") % {"name": bot.name[:70]}})
        _note(copy, What.COPIED, by)
        publish(BotCopied(bot.pk, copy.pk))
    return copy


def delete_bot(bot: Bot, *, by: User | None = None) -> None:
    """Deletes the bot with its knowledge. Raises BotInUse while an inbox or a lead needs it."""
    try:
        with transaction.atomic():
            locked = Bot.objects.select_for_update().get(pk=bot.pk)
            publish(BotDeleted(bot.pk))
            _note(bot, What.DELETED, by)
            locked.delete()
    except ProtectedError as error:
        raise BotInUse(_why_in_use(bot, error)) from error


def llm_of(bot: Bot) -> LLM:
    """What writes this bot's replies. Raises LLMError when its provider is not configured."""
    return registry.get(
        bot.provider,
        base_url=settings.OPENAI_BASE_URL,
        api_key=bot.api_key or settings.OPENAI_API_KEY,
        model=bot.model,
        embedding_model=settings.OPENAI_EMBEDDING_MODEL,
    )


def dismiss_first_steps(by: User) -> None:
    """Puts the first steps aside for everybody in the workspace."""
    with transaction.atomic():
        if not first_steps_dismissed():
            GettingStarted.objects.create(user=by)
            audit.record("business.first_steps_dismissed")


def first_steps_dismissed() -> bool:
    """Whether somebody put the first steps aside."""
    return GettingStarted.objects.exists()


def _note(bot: Bot, what: BotChange.What, by: User | None, changes: audit.Changes = audit.NOTHING) -> None:
    BotChange.objects.create(bot=bot, bot_name=bot.name, what=what, fields=list(changes), user=by)
    audit.record(f"bot.{what.value}", bot, name=bot.name, changes=changes)


def _why_in_use(bot: Bot, error: ProtectedError) -> str:
    """Names the inboxes, and counts the leads: who has them is not for everybody who may delete a bot."""
    held = Counter(str(row._meta.model_name) for row in error.protected_objects)
    inboxes = sorted(str(row) for row in error.protected_objects if row._meta.model_name == "inbox")
    if inboxes:
        return _("“%(bot)s” answers for %(inboxes)s. Give that inbox another bot, then delete this one.") % {
            "bot": bot.name,
            "inboxes": ", ".join(f"“{name}”" for name in inboxes),
        }
    leads = held["lead"]
    return ngettext(
        "“%(bot)s” has %(count)d lead, which would be lost. Switch the bot off instead.",
        "“%(bot)s” has %(count)d leads, which would be lost. Switch the bot off instead.",
        leads,
    ) % {"bot": bot.name, "count": leads}
