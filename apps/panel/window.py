"""Whether a person may answer freely now: providers close the reply window some time after the contact wrote."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from apps.conversations.models import Conversation
from apps.providers import registry


@dataclass(frozen=True)
class Window:
    """`closes_at` None with `open`: it never closes. `hours` is how long it stays open."""

    open: bool
    closes_at: datetime | None
    hours: int


def window_of(conversation: Conversation) -> Window:
    """The conversation's reply window as it stands now."""
    seconds = registry.get(conversation.inbox.provider).reply_window
    if not seconds:
        return Window(True, None, 0)
    if conversation.last_inbound_at is None:
        return Window(False, None, seconds // 3600)
    closes_at = conversation.last_inbound_at + timedelta(seconds=seconds)
    return Window(timezone.now() < closes_at, closes_at, seconds // 3600)
