"""Web addresses, e-mail addresses and handles of a text. Owns what makes two of them the same."""

import re
from collections.abc import Callable, Iterator

from apps.assistant.grounding.values import Mention, Need, only
from apps.assistant.grounding.verdict import Kind

_GENERIC = (
    "com|net|org|info|biz|app|dev|shop|store|online|site|website|web|blog|link|page|club|top|tech|cloud|xyz|cat|gal|edu|"
    "gov|mil|int|travel|health|example|test|invalid|local|photo|studio|bike|agency|email|group|world|live|life|today|"
    "space|pro|name|mobi|jobs|tel|icu|vip|win|click|help|care|menu|pizza|cafe|bar|restaurant|dental|clinic|fitness|salon"
)
# A word, a dot, and something that is the end of a name: with small letters, for `soon.It` lacks a space.
_REST = r"(?::\d+)?(?:[/?#][^\s<>\"“”]*)?"
_BARE = rf"(?<![\w@./-])(?:(?!\d+\.)[\w-]+\.)+(?:{_GENERIC}|[a-z]{{2}}|COM|NET|ORG|INFO|IO|CO)(?![\w@-]|\.\w){_REST}"
# Letters of two alphabets in one name are there to deceive.
_MIXED = r"(?<![\w.-])(?=\S*[\u0370-\u052f\u0531-\u058f])(?=\S*[a-zA-Z])[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"“”]*)?"
_WRITTEN = r"(?i:https?|ftp|hxxps?)://[^\s<>\"“”]+|\b(?i:www)\.[^\s<>\"“”]+"
_URL = re.compile(rf"{_WRITTEN}|{_MIXED}|{_BARE}")
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]*[\w+%-]@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@/])@[\w][\w.]{2,}")
_SCHEME = re.compile(r"^(?:https?|ftp|hxxps?)://", re.IGNORECASE)
_WWW = re.compile(r"^www\.", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'\"»’*_~`|>"
_MAY_HAVE = re.compile(r"[@/]|\w\.\w")
_SHORTENED = frozenset({"a.m", "p.m", "e.g", "i.e", "p.ej", "s.a", "u.s", "u.k", "s.l"})


def links(text: str) -> tuple[list[Mention], str]:
    """The addresses of a plain text, and the text with spaces in their place."""
    if not _MAY_HAVE.search(text):
        return [], text
    found: list[Mention] = []
    for pattern, read in _READERS:
        mentions = list(_mentions(pattern, read, text))
        found += mentions
        for one in mentions:
            text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return found, text


def site(address: str) -> str:
    """What is left of an address without scheme, `www.`, trailing slash and the case of its host."""
    rest = _WWW.sub("", _SCHEME.sub("", address.rstrip(_TRAILING)))
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def _mentions(
    pattern: re.Pattern[str], read: Callable[[re.Match[str]], Mention | None], text: str
) -> Iterator[Mention]:
    for match in pattern.finditer(text):
        mention = read(match)
        if mention is not None:
            yield mention


def _email(match: re.Match[str]) -> Mention:
    key = f"mail:{match.group().casefold()}"
    return only(Kind.EMAIL, match.group(), match.start(), key)


def _handle(match: re.Match[str]) -> Mention:
    written = match.group().rstrip(_TRAILING)
    return only(Kind.URL, written, match.start(), f"handle:{written.casefold()}")


def _url(match: re.Match[str]) -> Mention | None:
    written = match.group().rstrip(_TRAILING)
    where = site(written)
    if where in _SHORTENED or "." not in where:
        return None
    host, slash, _ = where.partition("/")
    offers = {f"url:{where}", *([] if "@" in host else [f"host:{host}"])}
    needs: Need = frozenset({f"url:{where}"} if slash else {f"host:{host}"})
    return Mention(Kind.URL, written, match.start(), match.start() + len(written), (needs,), frozenset(offers) | needs)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]], ...] = (
    (_EMAIL, _email),
    (_URL, _url),
    (_HANDLE, _handle),
)
