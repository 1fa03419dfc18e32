"""What every answer says to browsers, by kind of address: one table, which tests/security/test_s57_headers.py walks.

A view may say something else of its own answer (a picture that may be kept); nothing it leaves out is left open.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

#: A page may use none of these; what asks for one is not ours.
DENIED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "hid", "magnetometer"),
    *("microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking"),
)
EVERYWHERE = {"Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED)}
#: They echo what a proxy or a browser keeps secret from scripts.
ECHOING = ("TRACE", "TRACK")


@dataclass(frozen=True)
class Kind:
    """Addresses that begin so, and what their answers say."""

    begins: tuple[str, ...]
    headers: Mapping[str, str]


#: The first that fits. The Content-Security-Policy is the same for all (settings): only the demo frames anything.
KINDS = (
    # The web chat is read by other websites; which of them may, says CORS.
    Kind(("/chat/",), {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "no-store"}),
    # The same for everybody, and nothing of anybody's.
    Kind(
        ("/livez", "/manifest.webmanifest", "/sw.js", "/offline/", "/favicon.ico", "/api/schema/", "/api/docs/"),
        {"Cross-Origin-Resource-Policy": "same-origin"},
    ),
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
