"""Encryption at rest: a text field sealed with MultiFernet and bound to where it stands.

Where is the field and whose row it is: a value copied into another field, or into another workspace, fails to open,
so stolen ciphertext cannot be read by moving it. In tables that workspaces share it is bound to its very row.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

#: The place of what belongs to the installation and to no workspace.
SHARED = "public"

#: Whose a row of this model is that is written or read now: the name of a workspace's schema, or SHARED.
Owner = Callable[[type[models.Model]], str]
_owners: list[Owner] = []


@dataclass(frozen=True)
class Within:
    """Sealed texts inside a JSON field of somebody else's model, which cannot have an EncryptedField."""

    model: str
    field: str
    names: tuple[str, ...]
    context: str
    bound_to: tuple[str, ...]


_within: list[Within] = []


class CannotOpen(Exception):
    """The value was sealed with a key we no longer have, or for another field, workspace or row."""


class Sealed(str):
    """A sealed text as it stands in a row, not opened yet; `owner` is whose that row is."""

    owner: str

    def __new__(cls, text: str, owner: str = SHARED) -> "Sealed":
        """The text itself, which remembers where it was read."""
        made = super().__new__(cls, text)
        made.owner = owner
        return made


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _keys() -> tuple[str, ...]:
    return tuple(settings.FIELD_ENCRYPTION_KEYS)


def own_with(owner: Owner) -> None:
    """Registers who knows whose a row is; `tenants` does so when it is ready."""
    _owners.append(owner)


def owner_of(model: type[models.Model]) -> str:
    """Whose a row of the model is in this thread now; SHARED as long as nobody else knows."""
    return _owners[-1](model) if _owners else SHARED


def of_row(owner: str, *parts: object) -> str:
    """Whose a value is that one row alone may hold: the parts tell the row from others of its table, for good."""
    return "/".join([owner, *map(str, parts)])


def seals_within(model: str, field: str, names: tuple[str, ...], context: str, bound_to: tuple[str, ...] = ()) -> None:
    """Declares that what stands under these names of `app.Model`'s JSON field is sealed, so that keys can rotate.

    `bound_to` names the columns that say whose row it is.
    """
    _within.append(Within(model, field, names, context, bound_to))


def sealed_within() -> tuple[Within, ...]:
    """All that was declared."""
    return tuple(_within)


def seal(text: str, context: str, owner: str = SHARED) -> str:
    """The text, unreadable without our keys and of use only in this field of this owner."""
    return _keyring(_keys()).encrypt(json.dumps([context, owner, text]).encode()).decode()


def unseal(sealed: str, context: str, owner: str = SHARED) -> str:
    """The text that was sealed for this field of this owner. Raises CannotOpen; never returns the ciphertext.

    What was sealed before values were bound to their owner opens for every owner, and what was sealed for a whole
    table for each of its rows, until it is sealed anew.
    """
    try:
        sealed_for, *owners, text = json.loads(_keyring(_keys()).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen(f"{context} was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS.") from error
    if sealed_for != context:
        raise CannotOpen(f"{context} holds a value that was encrypted for {sealed_for}.")
    if owners not in ([], [owner], [owner.partition("/")[0]]):
        raise CannotOpen(f"{context} holds a value that was encrypted for another workspace or row.")
    return str(text)


def resealed(sealed: str, context: str, owner: str = SHARED) -> str | None:
    """The value sealed anew; None for one that the newest key has sealed for its owner already. Raises CannotOpen."""
    text = unseal(sealed, context, owner)
    try:
        bound = json.loads(_keyring(_keys()[:1]).decrypt(sealed.encode())) == [context, owner, text]
    except InvalidToken:
        bound = False
    return None if bound else seal(text, context, owner)


if TYPE_CHECKING:
    SealedText = models.TextField[str, str]
else:  # Django's fields take type arguments in the stubs only
    SealedText = models.TextField


def last_four(secret: str) -> str:
    """The end of a secret, by which its owner knows it again; empty for one too short to show any of."""
    return secret[-4:] if len(secret) >= 12 else ""


class OpenedWhenRead(DeferredAttribute):
    """The attribute of a field that is bound to its row: only the whole row knows how to open it."""

    field: "EncryptedField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        """The text. Raises CannotOpen."""
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = unseal(value, self.field.context, self.field.owner_of_row(instance))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        """Without this Django's attribute would not be asked again."""
        instance.__dict__[self.field.attname] = value


class EncryptedField(SealedText):
    """A text that stands in the database sealed. `context` names the field; empty text stays empty.

    `bound_to` names the fields that tell its row from others of a table that workspaces share; they never change.
    Such a text is written by saving its row.
    """

    descriptor_class = OpenedWhenRead

    def __init__(self, *args: Any, context: str = "", bound_to: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.context, self.bound_to = context, tuple(bound_to)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keeps what it is bound to in migrations."""
        name, path, args, kwargs = super().deconstruct()
        bound = {"bound_to": self.bound_to} if self.bound_to else {}
        return name, path, args, {**kwargs, "context": self.context, **bound}

    def owner_of_row(self, row: models.Model) -> str:
        """Whose the row's value is."""
        return of_row(owner_of(self.model), *(getattr(row, name) for name in self.bound_to))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Seals for the row; what nobody has read meanwhile stays as it stands."""
        stands = model_instance.__dict__.get(self.attname)
        if isinstance(stands, Sealed):
            return stands
        text = super().pre_save(model_instance, add)
        if not text or not self.bound_to:
            return text
        return Sealed(seal(text, self.context, self.owner_of_row(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        """Seals on the way into the database. Raises ValueError for one that is bound to a row nobody knows here."""
        if isinstance(value, Sealed):
            return str(value)
        text = super().get_prep_value(value)
        if text and self.bound_to:
            raise ValueError(f"{self.context} is bound to its row: save the row instead.")
        return seal(text, self.context, owner_of(self.model)) if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Opens on the way out, or leaves that to the row. Raises CannotOpen."""
        if value and self.bound_to:
            return Sealed(value)
        return unseal(value, self.context, owner_of(self.model)) if value else value
