"""Gets a page of a website through `core.http`: once, bounded, and no further than the site itself."""

from dataclasses import dataclass
from urllib.parse import urljoin

from apps.core import http
from apps.knowledge.extraction.problems import Unreadable
from apps.knowledge.problems import Problem
from apps.knowledge.sites import host_of, normalised, same_site

SECONDS = 10.0
MOST_BYTES = 5_000_000
MOST_ROBOTS = 100_000
#: Redirects from robots.txt that are followed.
MOST_HOPS = 5

_REDIRECTS = (301, 302, 303, 307, 308)
_PAGES = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown", "application/pdf")
_LISTS = ("text/xml", "application/xml", "application/gzip", "application/x-gzip")
_ACCEPT = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/pdf;q=0.8,text/plain;q=0.7"}


@dataclass(frozen=True)
class Fetched:
    """What stands at an address: its bytes and what they are, or the address that it leads on to."""

    kind: str = ""
    charset: str = ""
    body: bytes = b""
    leads_to: str = ""


def fetch(address: str) -> Fetched:
    """What stands there. Raises Unreadable."""
    answer = _asked(address, MOST_BYTES)
    if answer.status in _REDIRECTS:
        return Fetched(leads_to=_leads_to(address, answer))
    _refuse(answer.status)
    kind, _, rest = answer.headers.get("content-type", "text/html").lower().partition(";")
    if kind.strip() not in (*_PAGES, *_LISTS):
        raise Unreadable(Problem.NOT_A_PAGE, kind.strip()[:80])
    _, _, charset = rest.partition("charset=")
    return Fetched(kind.strip(), charset.strip(" \"'").partition(";")[0], answer.body)


def fetch_robots(address: str) -> str:
    """The robots.txt of the address's host; "" when it has none. Raises Unreadable when nobody can tell."""
    place = urljoin(address, "/robots.txt")
    for _ in range(MOST_HOPS):
        try:
            answer = _asked(place, MOST_ROBOTS)
        except Unreadable as error:
            if error.problem == Problem.PAGE_TOO_LARGE:
                raise Unreadable(Problem.ROBOTS_UNKNOWN) from error
            raise
        if answer.status not in _REDIRECTS:
            break
        place = normalised(urljoin(place, answer.headers.get("location", "")))
        if not place or not same_site(place, address):
            return ""
    if answer.status >= 500 or answer.status == 429:
        raise Unreadable(Problem.ROBOTS_UNKNOWN)
    return answer.body.decode("utf-8", "replace").replace("\x00", "") if answer.status == 200 else ""


def _asked(address: str, most: int) -> http.Response:
    try:
        return http.request("GET", address, headers=_ACCEPT, timeout=SECONDS, max_bytes=most)
    except http.AddressRefused as error:
        raise Unreadable(Problem.ADDRESS_REFUSED) from error
    except http.TooLarge as error:
        raise Unreadable(
            Problem.PAGE_TOO_LARGE, f"{most // 1_000_000} MB" if most >= 1_000_000 else "100 KB"
        ) from error
    except http.NotReached as error:
        raise Unreadable(Problem.NOT_REACHED) from error
    except http.NoAnswer as error:
        raise Unreadable(Problem.NO_ANSWER, f"{SECONDS:g} s") from error


def _leads_to(address: str, answer: http.Response) -> str:
    """Where a redirect leads, if that is of the same website. Raises Unreadable."""
    try:
        wanted = urljoin(address, answer.headers.get("location", ""))
    except ValueError:
        wanted = ""
    leads_to = normalised(wanted)
    if not leads_to:
        raise Unreadable(Problem.LEADS_ELSEWHERE, wanted[:100] or "?")
    if not same_site(leads_to, address):
        raise Unreadable(Problem.LEADS_ELSEWHERE, host_of(leads_to))
    return leads_to


def _refuse(status: int) -> None:
    if status in (404, 410):
        raise Unreadable(Problem.GONE, str(status))
    if status == 429 or status >= 500:
        raise Unreadable(Problem.BUSY, str(status))
    if status != 200:
        raise Unreadable(Problem.FORBIDDEN, str(status))
