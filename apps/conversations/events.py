"""What happens to conversations and messages."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class MessagesReceived(Event):
    """Contacts wrote in these conversations; in `answerable` ones something asks for an answer (a reaction does not).

    What is stored together is told together. Each conversation is named once. `late`: it came a while ago, and more of
    the same may wait to be stored.
    """

    conversation_ids: tuple[int, ...]
    message_ids: tuple[int, ...]
    answerable: tuple[int, ...]
    late: bool = False


@dataclass(frozen=True)
class MessagesMoved(Event):
    """Messages of ours came into another state, the first included."""

    conversation_ids: tuple[int, ...]
    message_ids: tuple[int, ...]
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
class InboxResumed(Event):
    """An inbox that had paused, or had been disconnected, may send again."""

    inbox_id: int


@dataclass(frozen=True)
class ConversationsReleased(Event):
    """Somebody has no conversation any more; in those of `waiting` a customer wrote last and the bot is silent."""

    user_id: int
    waiting: tuple[int, ...]
