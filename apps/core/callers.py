"""Who calls, as a network address that the caller cannot choose."""

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

#: Whoever has an address of version 6 has all of this network.
OWN_NETWORK = 64
#: Some proxies name the caller's port too, a new one for each connection: `192.0.2.1:5123`, `[2001:db8::1]:5123`.
_WITH_PORT = re.compile(r"(?P<four>[0-9.]+):[0-9]+|\[(?P<six>[0-9A-Fa-f:.]+)\](?::[0-9]+)?")


def address_of(request: HttpRequest) -> str:
    """The address that the request came from; with TRUST_PROXY the last that X-Forwarded-For names, our proxy's word.

    Everything before the last is the caller's own claim.
    """
    return _address(str(request.META.get("REMOTE_ADDR", "")), request.headers.get("X-Forwarded-For", ""))


def network_of(request: HttpRequest) -> str:
    """The same, to count by: of version 6 the network that one caller has whole; mapped addresses as version 4."""
    return _network(address_of(request))


def network_of_scope(scope: Mapping[str, Any]) -> str:
    """The same for what does not reach Django; of a header that stands twice the last line is the proxy's, as there."""
    forwarded = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    client = scope.get("client") or ("",)
    return _network(_address(str(client[0]), forwarded[-1].decode("latin-1") if forwarded else ""))


def _address(connected: str, forwarded: str) -> str:
    named = forwarded.rpartition(",")[2].strip() if settings.TRUST_PROXY else ""
    with_port = _WITH_PORT.fullmatch(named)
    return (with_port["four"] or with_port["six"]) if with_port else named or connected


def _network(given: str) -> str:
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, OWN_NETWORK), strict=False))
    return str(address)
