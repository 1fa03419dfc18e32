"""Which websites' pages may use a chat, and what their visitors' browsers must be told of it (CORS).

An origin is `scheme://host[:port]` as browsers write it: small letters, no path, no default port.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$)({_LABEL}\.)*{_LABEL}")
_DEFAULT_PORT = {"http": 80, "https": 443}
MOST_ORIGINS = 20


def origin_of(address: str) -> str:
    """The origin of a website's address as a person writes it: `Example.com/shop` is `https://example.com`.

    Raises ValueError, in words for people, for what is no website's address.
    """
    given = address.strip()
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host) or parts.username is not None:
        raise ValueError(f"“{given[:100]}” is not a website's address. Write it like https://www.example.com.")
    shown = "" if port in (None, _DEFAULT_PORT[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def origins_of(addresses: str) -> tuple[str, ...]:
    """The origins of addresses that stand on lines or apart by spaces, each once. Raises ValueError."""
    found = tuple(dict.fromkeys(origin_of(address) for address in addresses.replace(",", " ").split()))
    if len(found) > MOST_ORIGINS:
        raise ValueError(f"A chat can be on {MOST_ORIGINS} websites at most. Remove some.")
    return found


def _ascii(host: str) -> str:
    """The host as browsers send it, `xn--…` for letters beyond ASCII. Raises ValueError."""
    return host if host.isascii() else host.encode("idna").decode()


def cors(origin: str) -> Mapping[str, str]:
    """Lets the pages of an allowed origin read the answer. No cookie is ever sent along."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "authorization, content-type",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }
