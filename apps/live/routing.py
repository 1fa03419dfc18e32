"""Addresses of sockets. A page of another site is refused with 403 before anybody asks who it is."""

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path, re_path

from apps.live.consumers import NoSuchSocket, PanelConsumer

websocket_urlpatterns = [
    path("w/<slug:slug>/live/", PanelConsumer.as_asgi()),
    re_path(r"", NoSuchSocket.as_asgi()),
]
websocket_app = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))
