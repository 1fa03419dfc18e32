"""What happens to handoffs."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class HandoffChanged(Event):
    """A handoff was opened, assigned or resolved."""

    handoff_id: int
    conversation_id: int
    state: str
