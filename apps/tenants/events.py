"""What happens to workspaces."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class WorkspaceSuspended(Event):
    """A workspace was closed to everybody; published outside it."""

    workspace_id: int
