"""What happens to inboxes."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class InboxConnected(Event):
    """An inbox was connected, or connected again."""

    inbox_id: int


@dataclass(frozen=True)
class InboxBroke(Event):
    """An inbox stopped working until somebody connects it again."""

    inbox_id: int
