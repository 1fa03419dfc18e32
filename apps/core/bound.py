"""What this thread or coroutine is at: the request, conversation, message or webhook that a log line belongs to.

Ids only. Holds until the block ends; a thread of its own begins with nothing.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Id = str | int

_bound: ContextVar[Mapping[str, Id]] = ContextVar("bound")
_tellers: list[Callable[[], Mapping[str, Id]]] = []

#: What a proxy may call a request.
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
HEADER = "X-Request-ID"


def tell_with(teller: Callable[[], Mapping[str, Id]]) -> None:
    """Registers who knows more about where we are; `tenants` says in which workspace."""
    _tellers.append(teller)


def told() -> dict[str, Id]:
    """Everything that is known of where we are now."""
    found: dict[str, Id] = {}
    for teller in _tellers:
        found.update(teller())
    return {**found, **_bound.get({})}


@contextmanager
def bound(**ids: Id) -> Iterator[None]:
    """What is logged or reported in the block belongs to these."""
    token = _bound.set({**_bound.get({}), **ids})
    try:
        yield
    finally:
        _bound.reset(token)


def new_request_id() -> str:
    """A name for a request that came without one."""
    return secrets.token_hex(8)


class RequestMiddleware:
    """Names each request in the log and in its answer: as the proxy calls it where that is trusted, else anew."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers within the request's name."""
        given = request.headers.get(HEADER, "") if settings.TRUST_PROXY else ""
        name = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        with bound(request=name):
            response = self.get_response(request)
        response[HEADER] = name
        return response
