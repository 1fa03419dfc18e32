"""The ASGI entry: webhooks and /readyz to raw apps of their own, sockets to Channels, everything else to Django."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_app = get_asgi_application()

# Django must be set up before anything that reads settings or models is imported.
from apps.core.bounds import Bounded  # noqa: E402
from apps.core.headers import Headed  # noqa: E402
from apps.ingest.asgi import PREFIX, Intake  # noqa: E402
from apps.live.routing import websocket_app  # noqa: E402
from apps.watch.asgi import READYZ, Readiness  # noqa: E402

intake, readiness = Intake(), Readiness()
pages = Bounded(django_app)


async def _application(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Hands each connection to the app that serves it."""
    if scope["type"] == "websocket":
        await websocket_app(scope, receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await intake(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == READYZ:
        await readiness(scope, receive, send)
    else:
        await pages(scope, receive, send)


application = Headed(_application)
