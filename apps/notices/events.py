"""What happens to notices."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class NoticesChanged(Event):
    """These members have a notice more, or one less to read."""

    user_ids: tuple[int, ...]
