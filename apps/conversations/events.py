"""What happens to conversations and messages."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class MessageReceived(Event):
    """A contact wrote; `answerable` says whether it asks for an answer (a reaction does not)."""

    conversation_id: int
    message_id: int
    answerable: bool


@dataclass(frozen=True)
class MessageStateChanged(Event):
    """A message of ours came into another state, the first included."""

    conversation_id: int
    message_id: int
    state: str


@dataclass(frozen=True)
class PersonTookOver(Event):
    """A person has the conversation now; `user_id` None when it was done in the phone app."""

    conversation_id: int
    user_id: int | None


@dataclass(frozen=True)
class ConversationChanged(Event):
    """Anything else that a page shows of a conversation changed: who has it, whether the bot answers, what is read."""

    conversation_id: int


@dataclass(frozen=True)
class ConversationsReleased(Event):
    """Somebody has no conversation any more; in those of `waiting` a customer wrote last and the bot is silent."""

    user_id: int
    waiting: tuple[int, ...]
