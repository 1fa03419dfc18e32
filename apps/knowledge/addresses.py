"""Whether an address that somebody typed is one of a website that may be read, said before anything is fetched."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from apps.core.addresses import AddressRefused, NameNotFound, reachable
from apps.knowledge.sites import MOST_ADDRESS, normalised

#: Seconds for the look-up of the name; a slow one is left to the crawl.
SECONDS = 2.0
#: `file:/etc` and `mailto:me`, but not `example.com:8080`.
_SCHEME = re.compile(r"^[a-z][a-z0-9+-]*:(?!\d)", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}


def readable_address(typed: str) -> str:
    """The address in its one spelling. Raises ValidationError with what is wrong with it."""
    address = typed.replace("\x00", "").strip()
    if not _SCHEME.match(address):
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise ValidationError("This is no address of a website. Enter one such as https://www.example.com.") from error
    if parts.scheme.lower() not in _PORTS:
        raise ValidationError("Only addresses that begin with https:// or http:// can be read.")
    if parts.username is not None or parts.password is not None:
        raise ValidationError("An address with a name or password in it is not read. Leave them out.")
    if len(address) > MOST_ADDRESS:
        raise ValidationError(f"The address is longer than {MOST_ADDRESS:,} characters.")
    found, host = normalised(address), (parts.hostname or "").lower()
    if not found or not (host == "localhost" or set(host.strip(".")) & set(".:")):
        raise ValidationError("This is no address of a website. Enter one such as https://www.example.com.")
    _refuse_private(host, port or _PORTS[parts.scheme.lower()])
    return found


def _refuse_private(host: str, port: int) -> None:
    try:
        reachable(host, port, SECONDS)
    except AddressRefused as error:
        raise ValidationError(
            "This address leads into a private network, or to no web server. "
            "Only websites that everybody can open are read."
        ) from error
    except NameNotFound:
        return  # there may be a name tomorrow: the crawl tells
