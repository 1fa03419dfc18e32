"""The limits and windows of the message path in one place, for people who ask what is in force."""

from typing import Any

from django.conf import settings

from apps.bots.models import Bot
from apps.dialogue import services
from apps.inboxes.models import Inbox
from apps.work import ages


def in_force() -> dict[str, Any]:
    """Every limit as shipped, by name; seconds unless the name says otherwise."""
    return {
        "quiet_seconds": Bot._meta.get_field("quiet_seconds").default,
        "quiet_limit_seconds": Bot._meta.get_field("quiet_limit_seconds").default,
        "seconds_between_turns": services.SECONDS_BETWEEN_TURNS,
        "model_calls_per_minute": settings.MODEL_CALLS_PER_MINUTE,
        "inbox_rate_per_minute": Inbox._meta.get_field("rate_per_minute").default,
        "resume_after_hours": Bot._meta.get_field("resume_after_hours").default,
        "ageing_speed": settings.AGEING_SPEED,
        **ages.in_force(),
    }
