"""What happens to inboxes."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class InboxConnected(Event):
    """An inbox was connected, or connected again: by whom, if it was a person, and whether it had stopped working."""

    inbox_id: int
    was_broken: bool
    user_id: int | None


@dataclass(frozen=True)
class InboxBroke(Event):
    """An inbox stopped working until somebody connects it again."""

    inbox_id: int


@dataclass(frozen=True)
class InboxDisconnected(Event):
    """An inbox neither receives nor sends any more, because somebody said so."""

    inbox_id: int


@dataclass(frozen=True)
class InboxWorking(Event):
    """An inbox that had stopped working may be tried again, without anybody having connected it again."""

    inbox_id: int
