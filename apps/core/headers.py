"""What every answer says to browsers, by kind of address: one table, which tests/security/test_s57_headers.py walks.

A view may say something else of its own answer (a picture that may be kept); nothing it leaves out is left open.
What answers in front of Django's middleware (webhooks, /readyz, refusals of bodies, static files) is seen to by Headed.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

#: A page may use none of these; what asks for one is not ours.
DENIED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
)
EVERYWHERE = {"Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED)}
#: An answer that says this has been through HeadersMiddleware.
BY_DJANGO = b"permissions-policy"
#: They echo what a proxy or a browser keeps secret from scripts.
ECHOING = ("TRACE", "TRACK")


@dataclass(frozen=True)
class Kind:
    """Addresses that begin so, and what their answers say."""

    begins: tuple[str, ...]
    headers: Mapping[str, str]


#: An answer that no page of ours was made for: it is no page, and loads and frames nothing.
NO_PAGE = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "X-Frame-Options": "DENY"}


#: The first that fits. The Content-Security-Policy is the same for all (settings): only the demo frames anything.
KINDS = (
    # The web chat is read by other websites; which of them may, says CORS.
    Kind(("/chat/",), {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-store"}),
    # The same for everybody, and nothing of anybody's.
    Kind(
        ("/livez", "/manifest.webmanifest", "/sw.js", "/offline/", "/favicon.ico", "/api/schema/", "/api/docs/"),
        {"Cross-Origin-Resource-Policy": "same-origin"},
    ),
    # How long each may be kept says ServeStatic. The web chat's own are loaded by other websites.
    Kind((f"{settings.STATIC_URL}widget/",), {"Cross-Origin-Resource-Policy": "cross-origin"}),
    Kind((settings.STATIC_URL,), {"Cross-Origin-Resource-Policy": "same-origin"}),
    Kind(("/",), {"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"}),
)


def headers_of(path: str) -> dict[str, str]:
    """What an answer of this address says, beside what Django's own middleware adds."""
    kind = next((kind for kind in KINDS if path.startswith(kind.begins)), KINDS[-1])
    return {**EVERYWHERE, **kind.headers}


class HeadersMiddleware:
    """Outside all others, so that no refusal leaves without them."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds what the answer lacks. Refuses TRACE and TRACK wherever they go."""
        response = HttpResponse(status=405) if request.method in ECHOING else self.get_response(request)
        for name, value in headers_of(request.path).items():
            response.headers.setdefault(name, value)
        return response


class Headed:
    """An ASGI app whose every answer over HTTP has the headers of its address, whoever gave it.

    Django's own answers have been seen to by its middleware.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Adds what an answer lacks; what it says itself stands."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(event: Mapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                said = {name.lower() for name, _ in event["headers"]}
                raw = () if BY_DJANGO in said else _raw(scope["path"], secure=_secure(scope))
                event = {**event, "headers": [*event["headers"], *(one for one in raw if one[0] not in said)]}
            await send(event)

        await self._app(scope, receive, headed)


def _raw(path: str, *, secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    found = next((kind for kind in KINDS if path.startswith(kind.begins)), KINDS[-1])
    return _encoded(KINDS.index(found), secure, settings.SECURE_HSTS_SECONDS)


@cache
def _encoded(kind: int, secure: bool, seconds: int) -> tuple[tuple[bytes, bytes], ...]:
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        **EVERYWHERE,
        **KINDS[kind].headers,
        **({} if KINDS[kind].begins[0].startswith(settings.STATIC_URL) else NO_PAGE),
        **({"Strict-Transport-Security": _encrypted_only(seconds)} if secure and seconds else {}),
    }
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


def _encrypted_only(seconds: int) -> str:
    also = {"includeSubDomains": settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, "preload": settings.SECURE_HSTS_PRELOAD}
    return "; ".join([f"max-age={seconds}", *(word for word, wanted in also.items() if wanted)])


def _secure(scope: Mapping[str, Any]) -> bool:
    """Whether it came encrypted; behind a proxy its word counts, as for Django."""
    if not settings.TRUST_PROXY:
        return bool(scope.get("scheme") == "https")
    said = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-proto"]
    return bool(said) and said[0].split(b",")[0].strip() == b"https"
