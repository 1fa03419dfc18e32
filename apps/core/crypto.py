"""Encryption at rest: a text field sealed with MultiFernet and bound to where it stands.

A value copied into another field fails to open, so stolen ciphertext cannot be read by moving it.
"""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


class CannotOpen(Exception):
    """The value was sealed with a key we no longer have, or for another field."""


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str, context: str) -> str:
    """The text, unreadable without our keys and of use only in this context."""
    plain = json.dumps([context, text]).encode()
    return _keyring(tuple(settings.FIELD_ENCRYPTION_KEYS)).encrypt(plain).decode()


def unseal(sealed: str, context: str) -> str:
    """The text that was sealed for this context. Raises CannotOpen; never returns the ciphertext."""
    try:
        sealed_for, text = json.loads(_keyring(tuple(settings.FIELD_ENCRYPTION_KEYS)).decrypt(sealed.encode()))
    except InvalidToken as error:
        raise CannotOpen(f"{context} was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS.") from error
    if sealed_for != context:
        raise CannotOpen(f"{context} holds a value that was encrypted for {sealed_for}.")
    return str(text)


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
        return seal(text, self.context) if text else text

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Opens on the way out. Raises CannotOpen."""
        return unseal(value, self.context) if value else value
