"""Which network addresses may be reached from inside: the guard against requests forged towards ourselves.

A name is resolved here, once; whoever connects must connect to the addresses returned and to no others, so
that a name whose answer changes between the check and the connection gains nothing.
"""

import ipaddress
import queue
import socket
import threading

from django.conf import settings

#: Ports of web servers. A host that is not a configured one is not asked anything on another port.
WEB_PORTS = frozenset({80, 443, 8080, 8443})

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: Tunnels and translators that `ipaddress` counts as public although they lead to an embedded address.
_TUNNELS = tuple(
    ipaddress.ip_network(network)
    for network in ("64:ff9b:1::/48", "2001::/23", "2002::/16", "192.88.99.0/24", "192.0.0.0/24")
)


class AddressRefused(Exception):
    """The host is, or resolves to, something that must not be reached. Nothing was connected."""


class NameNotFound(Exception):
    """The host's name has no address, or none was found in time."""


def is_public(address: str) -> bool:
    """True for an address of the open internet; False for private, local, shared and multicast ones."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # also an IPv6 address with a zone, which is link-local by nature
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:  # which newer Pythons judge by the address inside
            return False
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip.is_site_local:
            return False
    if ip.is_multicast or ip.is_reserved or ip.is_link_local or ip.is_loopback or ip.is_unspecified:
        return False
    return ip.is_global and not any(ip.version == network.version and ip in network for network in _TUNNELS)


def is_trusted(host: str, port: int) -> bool:
    """True when settings.HTTP_TRUSTED_HOSTS names the host, either with this port or with none."""
    host = host.lower()
    written = f"[{host}]" if ":" in host else host
    trusted = {entry.lower() for entry in settings.HTTP_TRUSTED_HOSTS}
    return written in trusted or f"{written}:{port}" in trusted


def reachable(host: str, port: int, timeout: float) -> tuple[str, ...]:
    """The numeric addresses to connect to, all of them checked.

    Raises AddressRefused when any of them may not be reached (one bad record condemns the name), and
    NameNotFound when there is none within `timeout` seconds.
    """
    trusted = is_trusted(host, port)
    if not trusted and port not in WEB_PORTS:
        raise AddressRefused(f"{host} may not be asked on port {port}")
    addresses = _look_up(host, port, timeout)
    if not trusted and not all(is_public(address) for address in addresses):
        raise AddressRefused(f"{host} is not an address of the open internet")
    return addresses


def _look_up(host: str, port: int, timeout: float) -> tuple[str, ...]:
    """getaddrinfo takes no time-out, so a thread of its own does the asking, left behind when it hangs."""
    answers: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_ask(host, port)), daemon=True, name="name-lookup").start()
    try:
        addresses = answers.get(timeout=max(timeout, 0.0))
    except queue.Empty:
        addresses = ()
    if not addresses:
        raise NameNotFound(f"{host} has no address that could be found")
    return addresses


def _ask(host: str, port: int) -> tuple[str, ...]:
    try:
        records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # UnicodeError: a label that is empty or over 63 characters
        return ()
    return tuple(dict.fromkeys(str(record[4][0]) for record in records))
