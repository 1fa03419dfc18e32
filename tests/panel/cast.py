"""What the tests of the panel say often: addresses, a request as htmx makes it, a message of ours in a state."""

import uuid
from typing import Any

from apps.conversations.models import Conversation, Message

BASE = "/w/acme"


def address(conversation: Conversation, rest: str = "") -> str:
    """The address of a conversation, or of something below it."""
    return f"{BASE}/c/{conversation.pk}/{rest}"


def as_htmx(target: str = "") -> dict[str, str]:
    """Headers of a request that replaces a part of an open page."""
    return {"HX-Request": "true", **({"HX-Target": target} if target else {})}


def outgoing(conversation: Conversation, state: Message.State, text: str = "We do", **fields: Any) -> Message:
    """A message of the bot's in this state."""
    values = {"author": Message.Author.BOT, "external_id": f"wamid.{uuid.uuid4().hex}", **fields}
    return Message.objects.create(
        conversation=conversation,
        inbox=conversation.inbox,
        direction=Message.Direction.OUT,
        text=text,
        state=state,
        **values,
    )
