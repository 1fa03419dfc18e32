"""A conversation whose messages the test writes one by one, and a model that remembers what it was asked."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from apps.conversations.models import Conversation, Message
from apps.knowledge import search, services
from apps.llm.base import LLM, Prompt, Reply
from tests.knowledge.llms import Planned

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Listening(Planned):
    """Replies what the test says, and keeps the prompts."""

    def __init__(self, reply: Reply) -> None:
        super().__init__({})
        self.reply = reply
        self.prompts: list[Prompt] = []
        self.questions: list[str] = []

    def chat(self, prompt: Prompt) -> Reply:
        self.prompts.append(prompt)
        return self.reply

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.questions += texts
        return super().embed(texts)


@pytest.fixture
def llm(monkeypatch: pytest.MonkeyPatch) -> Listening:
    """What every bot speaks with."""
    listening = Listening(Reply(text="Hello!", model="listening"))
    give: Callable[[Any], LLM] = lambda bot: listening  # noqa: E731 - named for its type
    monkeypatch.setattr(services, "llm_of", give)
    monkeypatch.setattr(search, "llm_of", give)
    return listening


@pytest.fixture
def conversation(receive: Callable[..., Message]) -> Conversation:
    """A conversation in which nothing has been said."""
    begun = receive("Hello").conversation
    begun.messages.all().delete()
    return Conversation.objects.select_related("inbox", "contact").get(pk=begun.pk)


@pytest.fixture
def hear(conversation: Conversation, receive: Callable[..., Message]) -> Callable[..., Message]:
    """The customer writes, and it waits for an answer."""
    return receive


@pytest.fixture
def heard(hear: Callable[..., Message]) -> Callable[..., Message]:
    """The customer wrote, and a turn has decided about it; each is a turn later than the one before."""
    turns = iter(range(1000))

    def write(text: str = "", **fields: Any) -> Message:
        message = hear(text, **fields)
        message.answered_at = START + timedelta(minutes=next(turns))
        message.save()
        return message

    return write


@pytest.fixture
def say(conversation: Conversation) -> Callable[..., Message]:
    """The business writes: the bot unless another author is named."""

    def write(text: str, author: Message.Author = Message.Author.BOT, **fields: Any) -> Message:
        values = {"state": Message.State.DELIVERED, **fields}
        return Message.objects.create(
            conversation=conversation,
            inbox=conversation.inbox,
            direction=Message.Direction.OUT,
            author=author,
            text=text,
            **values,
        )

    return write
