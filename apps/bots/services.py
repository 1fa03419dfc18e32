"""Makes bots, and finds the model that a bot speaks with."""

from typing import Any

from django.conf import settings
from django.db import transaction

from apps.bots.models import Bot
from apps.core import limits
from apps.llm import registry
from apps.llm.base import LLM


def create_bot(name: str, *, business: str, **fields: Any) -> Bot:
    """A new bot of the workspace. Raises LimitReached when the plan allows no more."""
    with transaction.atomic():
        limits.check("bots")
        return Bot.objects.create(name=name, business=business, **fields)


def llm_of(bot: Bot) -> LLM:
    """What writes this bot's replies. Raises LLMError when its provider is not configured."""
    return registry.get(
        bot.provider,
        base_url=settings.OPENAI_BASE_URL,
        api_key=settings.OPENAI_API_KEY,
        model=bot.model,
        embedding_model=settings.OPENAI_EMBEDDING_MODEL,
    )
