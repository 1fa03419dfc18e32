"""What people do on their phones, and what the owner does in the WhatsApp Business app.

Owns saying and echoing: the thread shows it at once, the webhook goes out signed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.world import payloads
from sandbox.world.records import ChatMessage, Number, Person, Unusable, now
from sandbox.world.sending import react, readable
from sandbox.world.speech import SAYABLE
from sandbox.world.state import State, add_message, next_order, thread_of, touch
from sandbox.world.webhooks import queue_webhook


@dataclass(frozen=True)
class Utterance:
    """What a person says: `kind` of speech.SAYABLE with its value.

    `wamid` and `at` (Unix seconds) are chosen by the world when empty; `context` is the wamid replied to,
    `extra` further fields of Meta's message object (referral, group_id).
    """

    kind: str
    value: Any
    wamid: str = ""
    at: float = 0.0
    context: str = ""
    extra: Mapping[str, Any] | None = None


def say(state: State, number: Number, person: Person, utterance: Utterance) -> ChatMessage:
    """A person writes to a number. Raises Unusable for a kind that cannot be said."""
    if utterance.kind not in SAYABLE:
        raise Unusable(f"Nobody can say {utterance.kind!r}; say one of {', '.join(SAYABLE)}.")
    kind, content = SAYABLE[utterance.kind](utterance.value)
    at = utterance.at or now()
    message = ChatMessage(
        order=next_order(state),
        wamid=utterance.wamid or payloads.new_wamid(person.phone, inbound=True),
        number=number.phone_number_id,
        person=person.phone,
        direction="to_business",
        type=kind,
        content=content,
        text=readable(kind, content),
        at=at,
        state="sending",
        source="person",
        context=utterance.context or None,
    )
    _show(state, message)
    payload = payloads.message(
        number,
        person,
        kind,
        content,
        wamid=message.wamid,
        at=at,
        context=message.context,
        extra=utterance.extra,
    )
    queue_webhook(state, number, person.phone, f"message:{kind}", payload, wamid=message.wamid)
    return message


def _show(state: State, message: ChatMessage) -> None:
    thread = thread_of(state, message.number, message.person)
    thread.last_written_at = max(thread.last_written_at, message.at)
    if message.type == "reaction" and isinstance(message.content, Mapping):
        react(state, message.content)
    elif message.wamid not in state.by_wamid:  # said again on purpose: the phone shows it once
        add_message(state, message)
    touch(state, message.number, message.person)


def echo(state: State, number: Number, person: Person, text: str) -> ChatMessage:
    """The owner answers a person in the WhatsApp Business app: on the phone, and as an echo webhook."""
    message = ChatMessage(
        order=next_order(state),
        wamid=payloads.new_wamid(person.phone, inbound=False),
        number=number.phone_number_id,
        person=person.phone,
        direction="from_business",
        type="text",
        content={"body": text},
        text=text,
        at=now(),
        state="delivered",
        source="echo",
    )
    add_message(state, message)
    payload = payloads.echo(number, person, text, wamid=message.wamid, at=message.at)
    queue_webhook(state, number, person.phone, "smb_message_echoes", payload, wamid=message.wamid)
    return message
