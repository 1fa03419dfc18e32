"""Who calls, as a network address that the caller cannot choose."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

#: Whoever has an address of version 6 has all of this network.
OWN_NETWORK = 64


def address_of(request: HttpRequest) -> str:
    """The address that the request came from; with TRUST_PROXY the last that X-Forwarded-For names, our proxy's word.

    Everything before the last is the caller's own claim.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def network_of(request: HttpRequest) -> str:
    """The same, to count by: of version 6 the network that one caller has whole; mapped addresses as version 4."""
    given = address_of(request)
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, OWN_NETWORK), strict=False))
    return str(address)
