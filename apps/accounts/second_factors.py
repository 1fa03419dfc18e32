"""Second factors are worth nothing in another person's row: their secrets are bound to whose they are.

allauth seals and opens a secret without knowing whose it is. So a row's secrets remember it from when the row is made
or read, and are bound to it when the row is saved.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator

from apps.accounts import SEALED, SECOND_FACTOR
from apps.core import crypto


def know_whose(instance: Authenticator, **_: Any) -> None:
    """Each secret of the row knows whose the row is."""
    owner = crypto.of_row(crypto.SHARED, instance.user_id)
    _each(instance, lambda sealed: crypto.Sealed(sealed, owner))


def bind(instance: Authenticator, **_: Any) -> None:
    """What is saved opens in this person's row alone. Raises CannotOpen for what is another's."""
    owner = crypto.of_row(crypto.SHARED, instance.user_id)

    def bound(sealed: str) -> crypto.Sealed:
        return crypto.Sealed(crypto.resealed(sealed, SECOND_FACTOR, owner) or sealed, owner)

    _each(instance, bound)


def _each(row: Authenticator, change: Callable[[str], str]) -> None:
    for name in SEALED if isinstance(row.data, dict) else ():
        value = row.data.get(name)
        if value:
            row.data[name] = [change(one) for one in value] if isinstance(value, list) else change(value)
