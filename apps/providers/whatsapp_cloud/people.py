"""Who is at the other end: the identities that Meta gives of a person, in whichever fields it puts them.

Since 2026 a person may be known without a number: `from` and `wa_id` may be absent, empty, or hold the
business-scoped user id (BSUID), and a user name may be all that is shown.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from apps.providers.base import Identity, IdentityKind, Party
from apps.providers.payloads import as_id, as_object, as_objects, as_text

#: Two letters of the country, a dot, letters and digits; at the parent portfolio with ENT in between.
_BSUID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE = re.compile(r"[0-9]{5,20}")
_WRITTEN_PHONE = re.compile(r"[+\s().\u00a0\u2010-\u2015-]+")
_LONGEST = 160  # characters of an identity

_STRENGTH = tuple(IdentityKind)  # the enum is in the order of strength


def phone_of(value: Any) -> str:
    """The digits of a number, however written; "" when it is none."""
    digits = _WRITTEN_PHONE.sub("", as_id(value))
    return digits if _PHONE.fullmatch(digits) else ""


def party(
    *,
    numbers: Iterable[Any] = (),
    user_ids: Iterable[Any] = (),
    parent_ids: Iterable[Any] = (),
    usernames: Iterable[Any] = (),
    name: Any = None,
) -> Party:
    """A person from the values of fields. A value in the field for numbers may be a BSUID."""
    found = [identity for value in numbers if (identity := _from_number_field(value))]
    found += _named(IdentityKind.BSUID, user_ids)
    found += _named(IdentityKind.PARENT_BSUID, parent_ids)
    found += [
        Identity(IdentityKind.USERNAME, username.value.removeprefix("@").lower())
        for username in _named(IdentityKind.USERNAME, usernames)
        if username.value != "@"
    ]
    strongest_first = sorted(dict.fromkeys(found), key=lambda identity: _STRENGTH.index(identity.kind))
    return Party(tuple(strongest_first), as_text(name).strip())


def _from_number_field(value: Any) -> Identity | None:
    phone, text = phone_of(value), as_id(value)
    if phone:
        return Identity(IdentityKind.PHONE, phone)
    scoped = _BSUID.fullmatch(text)
    if scoped is None:
        return None
    return Identity(IdentityKind.PARENT_BSUID if scoped.group(1) else IdentityKind.BSUID, text)


def _named(kind: IdentityKind, values: Iterable[Any]) -> list[Identity]:
    texts = [as_id(value) for value in values]
    return [Identity(kind, text) for text in texts if text and len(text) <= _LONGEST]


def from_contact(contact: Mapping[str, Any]) -> Party:
    """A person as `contacts[]` of a webhook or of a send's answer gives them."""
    return sender({}, contact)


def sender(message: Mapping[str, Any], contact: Mapping[str, Any]) -> Party:
    """Who wrote `message`; `contact` is the entry of `contacts[]` that belongs to it, or empty."""
    profile = as_object(contact.get("profile"))
    return party(
        numbers=(message.get("from"), contact.get("wa_id")),
        user_ids=(message.get("from_user_id"), contact.get("user_id")),
        parent_ids=(message.get("from_parent_user_id"), contact.get("parent_user_id")),
        usernames=(profile.get("username"), contact.get("username")),
        name=profile.get("name"),
    )


def recipient(echo: Mapping[str, Any], contact: Mapping[str, Any]) -> Party:
    """To whom the business itself wrote `echo`."""
    return sender(
        {
            "from": echo.get("to"),
            "from_user_id": echo.get("to_user_id") or echo.get("recipient_user_id"),
            "from_parent_user_id": echo.get("to_parent_user_id") or echo.get("recipient_parent_user_id"),
        },
        contact,
    )


class Contacts:
    """The `contacts[]` of one webhook value, to be asked which of them belongs to a message."""

    def __init__(self, contacts: Any, people: Iterable[Party]) -> None:
        given = as_objects(contacts)
        self._of = {identity: contact for contact in given for identity in from_contact(contact).identities}
        one_person = len({person.identities for person in people}) == 1
        self._only: Mapping[str, Any] = given[0] if one_person and len(given) == 1 else {}

    def of(self, person: Party) -> Mapping[str, Any]:
        """The entry that shares an identity with the person; the only one, when only one person wrote."""
        return next((self._of[identity] for identity in person.identities if identity in self._of), self._only)
