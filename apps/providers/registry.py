"""Which providers there are. A provider's module is imported when it is first asked for, not before."""

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from apps.providers.base import Connectable, Provider

#: kind -> (label, module that implements base.Provider)
PROVIDERS: Mapping[str, tuple[str, str]] = {
    "whatsapp_cloud": ("WhatsApp (Cloud API)", "apps.providers.whatsapp_cloud"),
    "web_chat": ("Web chat", "apps.providers.web_chat"),
}


class UnknownProvider(LookupError):
    """No provider has this kind."""


def kinds() -> tuple[str, ...]:
    """Every kind there is, in the order in which people see them."""
    return tuple(PROVIDERS)


def label(kind: str) -> str:
    """What people call this kind. Raises UnknownProvider."""
    return _entry(kind)[0]


def get(kind: str) -> Provider:
    """The provider of this kind. Raises UnknownProvider."""
    return cast(Provider, import_module(_entry(kind)[1]))


def connectable(kind: str) -> Connectable:
    """The provider of this kind, when its numbers are connected by pasting. Raises UnknownProvider."""
    found = get(kind)
    if not hasattr(found, "check"):
        raise UnknownProvider(f"Nothing is pasted to connect {label(kind)}.")
    return cast(Connectable, found)


def _entry(kind: str) -> tuple[str, str]:
    try:
        return PROVIDERS[kind]
    except KeyError:
        known = ", ".join(PROVIDERS)
        raise UnknownProvider(f"There is no provider of kind {kind!r}. Use one of: {known}.") from None
