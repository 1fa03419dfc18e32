"""Who acts: carried by the context, said once by a middleware, the runner of work or manage.py. Imports no model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What sort of somebody acts."""

    PERSON = "person", _("Members")
    KEY = "key", _("API keys")
    STAFF = "staff", _("Leadline staff")
    COMMAND = "command", _("Commands of the installation")
    SYSTEM = "system", _("Leadline itself")
    NOBODY = "nobody", _("Somebody who is not signed in")


@dataclass(frozen=True)
class Actor:
    """Who acts, by the name they have now; `address` is where a person or a program is."""

    kind: Kind
    id: int | None = None
    name: str = ""
    address: str | None = None


SYSTEM = Actor(Kind.SYSTEM)
#: Who acts, or how to find out once somebody wants to know.
Who = Actor | Callable[[], Actor]

_acting: ContextVar[Who] = ContextVar("acting", default=SYSTEM)


@contextmanager
def acting(who: Who) -> Iterator[None]:
    """What happens inside is their doing; a function is asked only when somebody wants to know."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def actor() -> Actor:
    """Who acts now; Leadline itself where nobody said anything else."""
    who = _acting.get()
    return who if isinstance(who, Actor) else who()
