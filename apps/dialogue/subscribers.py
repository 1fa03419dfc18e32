"""A received message makes the conversation's turn due."""

from apps.conversations.events import MessageReceived
from apps.core.events import within
from apps.dialogue.services import make_turn_due


@within(MessageReceived)
def make_due(event: MessageReceived) -> None:
    """Only for what asks for an answer; a reaction or a deletion changes nothing about the waiting turn."""
    if event.answerable:
        make_turn_due(event.conversation_id)
