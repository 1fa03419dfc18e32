"""Addresses of web pages: in one spelling, and whether two belong to one website. Pure."""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit, urlunsplit

MOST_ADDRESS = 1000
#: What only tells whence a visitor came, or who they are.
_TRACKING = re.compile(
    r"^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_ga|phpsessid|jsessionid|sid|ref|replytocom)$", re.IGNORECASE
)
_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|bmp|tiff?|avif|css|js|mjs|json|rss|atom|zip|gz|tgz|rar|7z|tar|exe|dmg|apk|msi|"
    r"mp[34]|m4[av]|mov|avi|webm|ogg|wav|flac|woff2?|ttf|otf|eot|docx?|xlsx?|pptx?|odt|ods|csv|ics|vcf|epub)$",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(address: str) -> str:
    """The address in its one spelling; "" when it is none of a web page."""
    try:
        parts = urlsplit(address.strip())
        host, port = _host(parts), parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host or parts.username is not None or parts.password is not None:
        return ""
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    found = urlunsplit((scheme, place, path, _query(parts.query), ""))
    return found if len(found) <= MOST_ADDRESS else ""


def same_site(one: str, other: str) -> bool:
    """Whether both are of one host, with or without www, by http or https."""
    return _site(one) == _site(other)


def may_be_page(address: str) -> bool:
    """Whether its name lets one expect something to read. PDFs are read too."""
    return not _NO_PAGE.search(urlsplit(address).path)


def host_of(address: str) -> str:
    """The host, for people."""
    return urlsplit(address).hostname or ""


def _host(parts: SplitResult) -> str:
    """The host in letters that travel. Raises ValueError for what cannot be one."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("idna").decode() if host else ""
    except UnicodeError as error:
        raise ValueError(f"{host} is no host") from error


def _query(query: str) -> str:
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(name)]
    return urlencode(kept)


def _site(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    port = None if parts.port in (None, 80, 443) else parts.port
    return (parts.hostname or "").removeprefix("www."), port
