"""Addresses of sockets. A page of another site is refused with 403 before anybody asks who it is; websites with a
chat on them have an address of their own, where the chat says which they are.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path, re_path

from apps.live.closing import closable
from apps.live.consumers import NoSuchSocket, PanelConsumer
from apps.live.visitors import VisitorConsumer

VISITORS = "/chat/"

websocket_urlpatterns = [
    path("w/<slug:slug>/live/", PanelConsumer.as_asgi()),
    re_path(r"", NoSuchSocket.as_asgi()),
]
visitor_urlpatterns = [
    path("chat/<str:key>/live/", VisitorConsumer.as_asgi()),
    re_path(r"", NoSuchSocket.as_asgi()),
]
_members = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
_visitors = URLRouter(visitor_urlpatterns)


async def websocket_app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Members have cookies, which other sites' pages must not borrow; visitors have none, but a token."""
    app = _visitors if scope["path"].startswith(VISITORS) else _members
    await closable(app, scope, receive, send)
