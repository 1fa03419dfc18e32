"""What the lines of a talk leave behind in the product, as tables: kinds of messages, outcomes of turns, states."""

from collections.abc import Mapping

from apps.conversations.models import Message
from apps.dialogue.models import Turn
from apps.handoff.models import Handoff
from apps.providers.base import ContentKind

State, Outcome = Message.State, Turn.Outcome

#: What a customer's act makes of a message; the places of `location` stand in its words.
KINDS: Mapping[str, tuple[ContentKind, Mapping[str, object]]] = {
    "photo": (ContentKind.IMAGE, {"media_id": "demo", "mime_type": "image/jpeg"}),
    "voice": (ContentKind.AUDIO, {"media_id": "demo", "mime_type": "audio/ogg; codecs=opus", "voice": True}),
    "location": (ContentKind.LOCATION, {}),
}
OUTCOMES = {
    "handing over": Outcome.ASKED_PERSON,
    "giving up": Outcome.HANDED_OFF,
    "stopping": Outcome.STOPPED,
}
ASKED_BY = {"handing over": Handoff.AskedBy.CONTACT, "giving up": Handoff.AskedBy.BOT}

_LEFT = ((State.PENDING, 0.0), (State.SENDING, 0.2))
#: The states behind a message in each state, with the seconds since it was written.
STEPS: Mapping[str, tuple[tuple[Message.State, float], ...]] = {
    State.SENT: (*_LEFT, (State.SENT, 0.6)),
    State.DELIVERED: (*_LEFT, (State.SENT, 0.6), (State.DELIVERED, 1.7)),
    State.READ: (*_LEFT, (State.SENT, 0.6), (State.DELIVERED, 1.7), (State.READ, 9.0)),
    State.FAILED: (*_LEFT, (State.SENT, 0.6), (State.FAILED, 2.4)),
    State.UNKNOWN: (*_LEFT, (State.UNKNOWN, 10.2)),
    State.CANCELLED: ((State.PENDING, 0.0), (State.CANCELLED, 1.5)),
}
