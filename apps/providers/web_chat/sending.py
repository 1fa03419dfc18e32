"""The way back to a visitor: the message row is their mailbox, so sending means that they may read it from now on.

Nothing leaves by HTTP. Open pages learn of a new state from whoever listens to states; the passing sign “typing”
goes to whoever registered to show it (live does).
"""

from collections.abc import Callable

from apps.providers.base import Credentials, Failure, IdentityKind, Outbound, SendError, Sent, Trouble
from apps.providers.web_chat.posts import external_id, visitor_of

#: Shows “typing” to one visitor of the chat with this key. Returns at once and never raises.
ShowTyping = Callable[[str, str], None]

_shown_by: list[ShowTyping] = []


def show_typing_with(show: ShowTyping) -> None:
    """Registers who can show “typing”."""
    _shown_by.append(show)


def send(credentials: Credentials, message: Outbound) -> Sent:
    """Accepted at once, under our own key. Raises SendError for a person who is no visitor of a chat."""
    visitor = next((one.value for one in message.recipient.identities if one.kind is IdentityKind.VISITOR), "")
    if not visitor:
        raise SendError(Failure(Trouble.UNDELIVERABLE, detail="The person has never written in the web chat."))
    return Sent(external_id(visitor, message.key), message.recipient)


def signal(credentials: Credentials, external_id: str) -> None:
    """Shows "typing" on the pages that the visitor has open."""
    for show in _shown_by:
        show(credentials.external_key, visitor_of(external_id))
