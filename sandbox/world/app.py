"""The ASGI application of the sandbox world: every part of it on one port.

Owns the order of routes (the Graph API takes all paths that are left) and who may call: this machine only.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.world import control, google_pages, graph, model, saved, shop, site, views
from sandbox.world.records import Unusable
from sandbox.world.state import State
from sandbox.world.webhooks import new_client

STATIC = Path(__file__).parent / "static"
LOOPBACK = ("127.0.0.1", "localhost")

#: Pages load nothing from elsewhere; any page of this machine may show the phone in a frame.
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'self' http://127.0.0.1:* http://localhost:*",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}


def build(state_file: Path | None = None) -> Starlette:
    """The application with an empty world, or with the one saved in `state_file`."""
    world = State(client=new_client())
    if state_file is not None:
        saved.load(world, state_file)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        saving = asyncio.create_task(saved.keep_saved(world, state_file)) if state_file else None
        yield
        if state_file is not None and saving is not None:
            saving.cancel()
            saved.save(world, state_file)
        for task in world.tasks:
            task.cancel()
        await world.client.aclose()

    app = Starlette(
        routes=[
            Route("/", index),
            Route("/livez", alive),
            Route("/phone", phone),
            Route("/phone/", phone),
            Mount("/static", StaticFiles(directory=STATIC)),
            *views.ROUTES,
            *control.ROUTES,
            *model.ROUTES,
            *google_pages.ROUTES,
            *shop.ROUTES,
            *site.ROUTES,
            *graph.ROUTES,
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK]),
            Middleware(only_this_machine),
        ],
        exception_handlers={Unusable: unusable},
        lifespan=lifespan,
    )
    app.state.world = world
    return app


async def index(_: Request) -> Response:
    """`GET /`: what this is, the numbers, the ledger, the faults."""
    return FileResponse(STATIC / "index.html", headers=PAGE_HEADERS)


async def phone(_: Request) -> Response:
    """`GET /phone/?number=&person=`: a person's phone."""
    return FileResponse(STATIC / "phone.html", headers=PAGE_HEADERS)


async def alive(_: Request) -> Response:
    """`GET /livez`."""
    return PlainTextResponse("ok")


async def unusable(_: Request, error: Exception) -> Response:
    """What the control API answers to a request that makes no sense."""
    return JSONResponse({"error": str(error)}, status_code=400)


def only_this_machine(app: ASGIApp) -> ASGIApp:
    """Refuse what a page of another site makes a browser send; binding to loopback does not keep that out."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        origin = Headers(scope=scope).get("origin") if scope["type"] == "http" else None
        if origin and urlsplit(origin).hostname not in LOOPBACK:
            refusal = JSONResponse({"error": f"Pages of {origin} may not use the sandbox."}, status_code=403)
            await refusal(scope, receive, send)
            return
        await app(scope, receive, send)

    return guarded
