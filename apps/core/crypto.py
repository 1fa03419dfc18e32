"""Encryption at rest: a text field sealed with MultiFernet and bound to where it stands.

Where is the field and whose row it is: a value copied into another field, or into another workspace, fails to open,
so stolen ciphertext cannot be read by moving it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

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


_within: list[Within] = []


class CannotOpen(Exception):
    """The value was sealed with a key we no longer have, or for another field or workspace."""


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


def seals_within(model: str, field: str, names: tuple[str, ...], context: str) -> None:
    """Declares that what stands under these names of `app.Model`'s JSON field is sealed, so that keys can rotate."""
    _within.append(Within(model, field, names, context))


def sealed_within() -> tuple[Within, ...]:
    """All that was declared."""
    return tuple(_within)


def seal(text: str, context: str, owner: str = SHARED) -> str:
    """The text, unreadable without our keys and of use only in this field of this owner."""
    return _keyring(_keys()).encrypt(json.dumps([context, owner, text]).encode()).decode()


def unseal(sealed: str, context: str, owner: str = SHARED) -> str:
    """The text that was sealed for this field of this owner. Raises CannotOpen; never returns the ciphertext.

    What was sealed before values were bound to their owner opens for every owner, until it is sealed anew.
    """
    try:
        sealed_for, *owners, text = json.loads(_keyring(_keys()).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen(f"{context} was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS.") from error
    if sealed_for != context:
        raise CannotOpen(f"{context} holds a value that was encrypted for {sealed_for}.")
    if owners not in ([], [owner]):
        raise CannotOpen(f"{context} holds a value that was encrypted for another workspace.")
    return str(text)


def resealed(sealed: str, context: str, owner: str = SHARED) -> str | None:
    """The value sealed anew; None for one that the newest key has sealed for its owner already. Raises CannotOpen."""
    text = unseal(sealed, context, owner)
    try:
        bound = len(json.loads(_keyring(_keys()[:1]).decrypt(sealed.encode()))) == len((context, owner, text))
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


class EncryptedField(SealedText):
    """A text that stands in the database sealed. `context` names the field; empty text stays empty."""

    def __init__(self, *args: Any, context: str = "", **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keeps `context` in migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def get_prep_value(self, value: Any) -> Any:
        """Seals on the way into the database."""
        text = super().get_prep_value(value)
        return seal(text, self.context, owner_of(self.model)) if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Opens on the way out. Raises CannotOpen."""
        return unseal(value, self.context, owner_of(self.model)) if value else value
