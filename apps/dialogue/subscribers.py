"""What makes turns due: a message that came, an inbox that may send again; and a look for what was overlooked."""

from apps.conversations.events import InboxResumed, MessagesMoved, MessagesReceived
from apps.conversations.states import State
from apps.core.events import after, within
from apps.dialogue import overlooked
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


@after(MessagesReceived)
def look_after_received(event: MessagesReceived) -> None:
    """Afterwards, for who receives holds many rows; should it be lost, the next message makes it due."""
    overlooked.schedule()


@after(MessagesMoved)
def look_after_queued(event: MessagesMoved) -> None:
    """The same for what is to be sent."""
    if event.state == State.PENDING:
        overlooked.schedule()
