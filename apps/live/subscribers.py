"""Shows “typing” on a visitor's pages when the web chat asks for it: providers know no page, so live registers.

Sockets of who signed out, was deactivated or has another role are closed at once, of a suspended workspace all.
"""

from apps.accounts.events import MemberChanged, SignedOut
from apps.accounts.models import Membership
from apps.core.events import after
from apps.live.audience import visitor
from apps.live.push import look, push
from apps.providers.web_chat.sending import show_typing_with
from apps.tenants.events import WorkspaceSuspended


def show_typing(key: str, visitor_id: str) -> None:
    """Tells the visitor's open pages; must be called inside the chat's workspace."""
    push(visitor(key, visitor_id), {"type": "typing"})


show_typing_with(show_typing)


@after(MemberChanged)
def look_at_seats(event: MemberChanged) -> None:
    """The member's pages listen as what they are now, or not at all."""
    look(event.user_id)


@after(SignedOut)
def look_at_sessions(event: SignedOut) -> None:
    """Pages of ended sessions hear nothing more."""
    look(event.user_id)


@after(WorkspaceSuspended)
def look_at_all_seats(event: WorkspaceSuspended) -> None:
    """Nobody's pages hear of a closed workspace."""
    for user_id in Membership.objects.filter(workspace=event.workspace_id).values_list("user", flat=True):
        look(user_id)
