"""System messages: Meta says that a person's number or user id is another one now.

The old value is in `from` or only in the sentence for people ("User Ann changed from 1650… to 1219…"), the
new one in fields that changed their names over the years.
"""

import re
from collections.abc import Mapping
from typing import Any

from apps.providers.base import ContentKind, Identity, IdentityKind, Party
from apps.providers.payloads import as_id, as_text, only_given
from apps.providers.whatsapp_cloud.people import party, phone_of
from apps.providers.whatsapp_cloud.said import Message, Said, part

#: At the end of the sentence: the person's own name, which comes before, must not be able to say this.
_CHANGED = re.compile(r"changed from (\S+) to (\S+)\Z")

_KINDS = {
    "phone": IdentityKind.PHONE,
    "bsuid": IdentityKind.BSUID,
    "parent_bsuid": IdentityKind.PARENT_BSUID,
}


def system(message: Message) -> Said:
    """Content: type and, for what changed, old_… and new_… of phone, bsuid and parent_bsuid."""
    info = part(message, "system")
    body = as_text(info.get("body"))
    found = _CHANGED.search(body.strip())
    before, after = (_by_kind(found.group(side)) if found else {} for side in (1, 2))
    old = {
        "phone": (phone_of(info.get("customer")), before.get("phone"), phone_of(message.get("from"))),
        "bsuid": (
            as_id(info.get("previous_user_id") or info.get("old_user_id")),
            before.get("bsuid"),
            as_id(message.get("from_user_id")),
        ),
        "parent_bsuid": (before.get("parent_bsuid"), as_id(message.get("from_parent_user_id"))),
    }
    new = {
        "phone": phone_of(info.get("wa_id")) or phone_of(info.get("new_wa_id")),
        "bsuid": as_id(info.get("user_id") or info.get("new_user_id")),
        "parent_bsuid": as_id(info.get("parent_user_id")),
    }
    changes: dict[str, str] = {}
    for name in _KINDS:
        now = new[name] or after.get(name, "")
        was = next((value for value in old[name] if value and value != now), "")
        if now and (was or now not in old[name]):
            changes |= only_given(**{f"old_{name}": was, f"new_{name}": now})
    return Said(ContentKind.SYSTEM, body, {"type": as_text(info.get("type")), **changes})


def _by_kind(value: str) -> dict[str, str]:
    kinds = {kind: name for name, kind in _KINDS.items()}
    return {kinds[identity.kind]: identity.value for identity in party(numbers=(value,)).identities}


def who_changed(content: Mapping[str, Any], person: Party) -> Party:
    """The person by the names we know them by: the old ones; the new ones when there are no others."""
    old = _identities(content, "old")
    new = _identities(content, "new")
    known = [*old, *(identity for identity in person.identities if identity not in {*old, *new})]
    order = tuple(IdentityKind)
    return Party(tuple(sorted(known, key=lambda identity: order.index(identity.kind))) or new, person.name)


def _identities(content: Mapping[str, Any], age: str) -> tuple[Identity, ...]:
    return tuple(
        Identity(kind, content[f"{age}_{name}"]) for name, kind in _KINDS.items() if f"{age}_{name}" in content
    )
