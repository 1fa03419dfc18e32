"""What happens to a message the Graph API has accepted: ledger, the person's phone, statuses back.

Owns acceptance and the reports on it; whether a message may be accepted is decided in `refusals`.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from sandbox.world import payloads
from sandbox.world.faults import draw
from sandbox.world.records import Accepted, ChatMessage, Number, Person, Tried, digits, now
from sandbox.world.state import State, add_message, next_order, person_by_user_id, spawn, thread_of, touch
from sandbox.world.webhooks import queue_webhook

UNDELIVERABLE, WINDOW_CLOSED = 131026, 131047

#: Template categories are unknown to the sandbox; a template is billed as this one.
TEMPLATE_CATEGORY = "utility"


def recipient_of(state: State, number: Number, body: Mapping[str, Any]) -> Person | None:
    """Who a send is for: the phone wins over the user id. None when nobody there has WhatsApp."""
    if body.get("to"):
        phone = digits(body["to"])
        if number.any_recipient and phone not in state.people:
            state.people[phone] = Person(phone=phone, name=phone)
        return state.people.get(phone)
    return person_by_user_id(state, str(body["recipient"]))


def accept(state: State, number: Number, body: Mapping[str, Any]) -> Accepted:
    """Write a message into the ledger, show it on the phone and plan its statuses."""
    person = recipient_of(state, number, body)
    nobody = Person(phone=digits(body.get("to") or body.get("recipient")), name="")
    kind, phone = str(body.get("type", "text")), (person or nobody).phone
    line = Accepted(
        order=next_order(state),
        wamid=payloads.new_wamid(phone, inbound=False),
        number=number.phone_number_id,
        to=str(body.get("to") or body.get("recipient")),
        type=kind,
        text=readable(kind, body[kind]),
        opaque=body.get("biz_opaque_callback_data"),
        at=now(),
        failed=_failure(state, number, person, kind),
    )
    state.ledger.append(line)
    if person is not None and line.failed is None:
        _show(state, line, person, body[kind], body.get("context"))
    if not draw(state.faults, number.phone_number_id, {"silent"}):
        spawn(state, _report(state, number, person or nobody, line, to_user_id=not body.get("to")))
    return line


def note(state: State, number: Number, body: Mapping[str, Any], outcome: str, *, accepted: bool) -> None:
    """Remember a send and what became of it; a mark such as "read" is none."""
    if "status" in body:
        return
    to, opaque = str(body.get("to") or body.get("recipient")), body.get("biz_opaque_callback_data")
    state.tried.append(Tried(next_order(state), number.phone_number_id, to, opaque, outcome, accepted, now()))


def _failure(state: State, number: Number, person: Person | None, kind: str) -> int | None:
    if person is None:
        return UNDELIVERABLE
    if number.window_hours == 0 or number.any_recipient or kind == "template":
        return None
    written = thread_of(state, number.phone_number_id, person.phone).last_written_at
    return None if now() - written < number.window_hours * 3600 else WINDOW_CLOSED


def _show(state: State, line: Accepted, person: Person, content: Any, context: Any) -> None:
    thread = thread_of(state, line.number, person.phone)
    thread.typing_until = 0.0
    if line.type == "reaction":
        react(state, content)
        return
    message = ChatMessage(
        order=line.order,
        wamid=line.wamid,
        number=line.number,
        person=person.phone,
        direction="from_business",
        type=line.type,
        content=content,
        text=line.text,
        at=line.at,
        state="accepted",
        source="api",
        opaque=line.opaque,
        context=context.get("message_id") if isinstance(context, Mapping) else None,
    )
    add_message(state, message)


def react(state: State, content: Mapping[str, Any]) -> None:
    """Put an emoji on the message it is for, or take it off."""
    if target := state.by_wamid.get(str(content.get("message_id"))):
        target.reaction = str(content.get("emoji") or "")
        touch(state, target.number, target.person)


async def _report(state: State, number: Number, person: Person, line: Accepted, *, to_user_id: bool) -> None:
    """Send the statuses of one message when they are due."""
    for wait, name in _plan(number, person, line):
        await asyncio.sleep(max(0.0, line.at + wait - now()))
        if (message := state.by_wamid.get(line.wamid)) is not None:
            message.state = name
        payload = payloads.status(
            number,
            person,
            line.wamid,
            name,
            to_user_id=to_user_id,
            opaque=line.opaque,
            category=TEMPLATE_CATEGORY if line.type == "template" else "service",
            errors=[] if line.failed is None else [line.failed],
        )
        queue_webhook(state, number, person.phone, f"status:{name}", payload, wamid=line.wamid)
        touch(state, line.number, person.phone)


def _plan(number: Number, person: Person, line: Accepted) -> list[tuple[float, str]]:
    if line.failed is not None:
        return [(number.sent_after, "failed")]
    plan = [(number.sent_after, "sent"), (number.delivered_after, "delivered")]
    return [*plan, (number.read_after, "read")] if person.phone_open else plan


def readable(kind: str, content: Any) -> str:
    """What a person would read of a message's content, in one string."""
    if isinstance(content, list):
        names = [item.get("name", {}).get("formatted_name", "") for item in content if isinstance(item, Mapping)]
        return ", ".join(name for name in names if name)
    if not isinstance(content, Mapping):
        return ""
    if kind == "text":
        return str(content.get("body", ""))
    if kind == "interactive":
        return _readable_interactive(content)
    if kind == "location":
        place = [
            content.get("name"),
            content.get("address"),
            f"{content.get('latitude')}, {content.get('longitude')}",
        ]
        return ", ".join(str(part) for part in place if part)
    wanted = {"reaction": "emoji", "template": "name", "button": "text", "order": "text", "system": "body"}
    return str(content.get(wanted.get(kind, "caption")) or content.get("filename") or "")


def _readable_interactive(content: Mapping[str, Any]) -> str:
    answer = content.get(str(content.get("type")))
    if isinstance(answer, Mapping):
        return str(answer.get("title") or answer.get("body") or "")
    body = content.get("body")
    return str(body.get("text", "")) if isinstance(body, Mapping) else ""
