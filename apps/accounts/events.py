"""What happens to people."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class MemberChanged(Event):
    """Somebody came into the workspace, has another role there, was deactivated, or is back.

    `role` is what they have now; `active` False means that they may do nothing any more.
    """

    user_id: int
    role: str
    active: bool


@dataclass(frozen=True)
class SignedOut(Event):
    """A person signed out here, or of their other browsers; published outside every workspace."""

    user_id: int
