"""What happens to knowledge."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class SourceReady(Event):
    """A source was read; what it says can be found."""

    source_id: int
