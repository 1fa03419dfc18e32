"""What makes turns due: a message that came, and an inbox that may send again."""

from apps.conversations.events import InboxResumed, MessagesReceived
from apps.core.events import within
from apps.dialogue.services import make_turns_due, make_waiting_turns_due


@within(MessagesReceived)
def make_due(event: MessagesReceived) -> None:
    """Only for what asks for an answer; a reaction or a deletion changes nothing about the waiting turn."""
    if event.answerable:
        make_turns_due(event.answerable, late=event.late)


@within(InboxResumed)
def go_on(event: InboxResumed) -> None:
    """Who wrote while the inbox could not send is answered now."""
    make_waiting_turns_due(event.inbox_id)
