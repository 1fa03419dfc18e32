"""What Meta posts for a WhatsApp account, taken apart into items of the normal form.

Walks entries, changes, messages, statuses and echoes. One bad part never costs its neighbours: it becomes an
Unreadable that names its place, and quotes nothing of what a customer wrote.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from apps.providers.base import (
    LONGEST_LANE,
    ContentKind,
    DeliveryState,
    Echo,
    Inbound,
    Item,
    Notice,
    Status,
    Unreadable,
)
from apps.providers.meta_errors import failure_of_status
from apps.providers.payloads import Malformed, as_id, as_instant, as_object, as_objects, as_text, read_object
from apps.providers.whatsapp_cloud import people
from apps.providers.whatsapp_cloud.content import read
from apps.providers.whatsapp_cloud.system import who_changed

_STATES: Mapping[str, DeliveryState] = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "played": DeliveryState.READ,
    "failed": DeliveryState.FAILED,
}
# Within a text the quotes would be escaped: nobody can write their message into another lane.
_NEWS = " news"
_NUMBER = re.compile(rb'"phone_number_id"\s*:\s*"(\d{1,%d})"' % (LONGEST_LANE - len(_NEWS)))
_STATUSES = re.compile(rb'"statuses"\s*:\s*\[')
_SAID = re.compile(rb'"message(?:s|_echoes)"\s*:\s*\[')
#: Meta puts no more than 1,000 updates into one delivery (Graph API, Webhooks, "Batching": "a batch with a maximum of
#: 1000 updates"). So many are read all the same, should that be raised; what stands behind them becomes one Unreadable.
MOST_ITEMS = 5_000
#: So many of them that cannot be read are named by their place, the others by their number.
MOST_UNREADABLE = 100
_LONGEST_ID = 255  # characters; a wamid has under 150

#: What reads one element of a list; returns None for what is rightly ignored. Raises Malformed.
Reader = Callable[[Mapping[str, Any]], Item | None]


def lane(body: bytes) -> str:
    """The first number that is named, for almost every delivery is about one; news of our messages go beside it."""
    found = _NUMBER.search(body)
    if found is None:
        return ""
    news = _STATUSES.search(body) and not _SAID.search(body)
    return found[1].decode() + (_NEWS if news else "")


def parse(headers: Mapping[str, str], body: bytes) -> list[Item]:
    """Every item of a delivery, in its own order; of what is beyond all measure that there was more.

    Raises UnreadableBody when the body is no JSON object.
    """
    root = read_object(body)
    kind = root.get("object", "whatsapp_business_account")
    if kind != "whatsapp_business_account":
        return [Unreadable("object", "the delivery is not about a WhatsApp business account")]
    return _bounded(_entries(root))


def _bounded(found: Iterator[Item]) -> list[Item]:
    """What is found, up to a number that no honest delivery has: four megabytes of rubbish cost no more than that."""
    items: list[Item] = []
    unreadable = 0
    for item in islice(found, MOST_ITEMS):
        unreadable += isinstance(item, Unreadable)
        if unreadable <= MOST_UNREADABLE or not isinstance(item, Unreadable):
            items.append(item)
    if unreadable > MOST_UNREADABLE:
        items.append(Unreadable("elsewhere", f"{unreadable - MOST_UNREADABLE:,} more parts cannot be read"))
    if next(found, None) is not None:
        items.append(
            Unreadable("the rest", f"more than {MOST_ITEMS:,} items, where 1,000 are the most that Meta sends")
        )
    return items


def _entries(root: Mapping[str, Any]) -> Iterator[Item]:
    for place, entry in _elements(root.get("entry"), "entry"):
        if isinstance(entry, Unreadable):
            yield entry
            continue
        for inner, change in _elements(entry.get("changes"), f"{place}.changes"):
            if isinstance(change, Unreadable):
                yield change
            elif change:
                yield from _change(change, as_id(entry.get("id")), inner)


def _elements(value: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any] | Unreadable]]:
    """The objects of a list, each with its place; Unreadable for what is no list, or no object."""
    if value is None or value == {} or value == []:
        return
    if not isinstance(value, list):
        yield place, Unreadable(place, "it should be a list")
        return
    for number, element in enumerate(value):
        inner = f"{place}[{number}]"
        yield inner, element if isinstance(element, dict) else Unreadable(inner, "it should be an object")


def _change(change: Mapping[str, Any], account: str, place: str) -> Iterator[Item]:
    name, value = as_text(change.get("field")), change.get("value")
    if value is None or value == {}:
        return
    if not isinstance(value, dict):
        yield Unreadable(f"{place}.value", "it should be an object")
        return
    route_key = as_id(as_object(value.get("metadata")).get("phone_number_id"))
    if name not in ("", "messages", "smb_message_echoes"):
        yield Notice(route_key or account, name, value)
    elif not route_key:
        yield Unreadable(f"{place}.value.metadata", "no phone_number_id says whose it is")
    else:
        yield from _conversation_items(value, route_key, f"{place}.value")


def _conversation_items(value: Mapping[str, Any], route_key: str, place: str) -> Iterator[Item]:
    writers = [people.sender(message, {}) for message in as_objects(value.get("messages"))]
    senders = people.Contacts(value.get("contacts"), writers)
    receivers = people.Contacts(value.get("contacts"), ())
    lists: Mapping[str, Reader] = {
        "messages": lambda message: _inbound(message, senders, route_key),
        "statuses": lambda status: _status(status, route_key),
        "message_echoes": lambda echo: _echo(echo, receivers, route_key),
    }
    for name, reader in lists.items():
        for inner, element in _elements(value.get(name), f"{place}.{name}"):
            item = element if isinstance(element, Unreadable) else _read(reader, element, inner)
            if item is not None:
                yield item
    if value.get("errors"):
        yield Notice(route_key, "errors", {"errors": value["errors"]})


def _read(reader: Reader, element: Mapping[str, Any], place: str) -> Item | None:
    try:
        return reader(element)
    except Malformed as error:
        return Unreadable(place, str(error))


def _inbound(message: Mapping[str, Any], contacts: people.Contacts, route_key: str) -> Item:
    external_id, said = _external_id(message), read(message)
    contact = contacts.of(people.sender(message, {}))
    person = people.sender(message, contact)
    if said.kind is ContentKind.SYSTEM:
        person = who_changed(said.content, person)
    if not person.identities:
        raise Malformed("nothing says who wrote it")
    return Inbound(
        route_key=route_key,
        external_id=external_id,
        sender=person,
        kind=said.kind,
        text=said.text,
        content=said.content,
        sent_at=as_instant(message.get("timestamp")),
        reply_to=_reply_to(message),
        group_id=as_id(message.get("group_id")),
        referral=as_object(message.get("referral")),
    )


def _echo(echo: Mapping[str, Any], contacts: people.Contacts, route_key: str) -> Item:
    external_id, said = _external_id(echo), read(echo)
    person = people.recipient(echo, contacts.of(people.recipient(echo, {})))
    if not person.identities:
        raise Malformed("nothing says to whom it was written")
    return Echo(
        route_key=route_key,
        external_id=external_id,
        recipient=person,
        kind=said.kind,
        text=said.text,
        content=said.content,
        sent_at=as_instant(echo.get("timestamp")),
        reply_to=_reply_to(echo),
    )


def _status(status: Mapping[str, Any], route_key: str) -> Item | None:
    external_id, name = _external_id(status), status.get("status")
    if not isinstance(name, str):
        raise Malformed("a status that does not say which")
    state = _STATES.get(name)
    if state is None:  # "deleted", and whatever Meta may add
        return None
    return Status(
        route_key=route_key,
        external_id=external_id,
        state=state,
        at=as_instant(status.get("timestamp")),
        opaque=as_id(status.get("biz_opaque_callback_data")),
        failure=failure_of_status(status.get("errors")) if state is DeliveryState.FAILED else None,
    )


def _external_id(element: Mapping[str, Any]) -> str:
    external_id = as_id(element.get("id"))
    if not external_id:
        raise Malformed("it has no id")
    if len(external_id) > _LONGEST_ID:
        raise Malformed("its id is too long to be one")
    return external_id


def _reply_to(message: Mapping[str, Any]) -> str:
    return as_id(as_object(message.get("context")).get("id"))
