"""A bakery's website at /bakery/, to be crawled: some ordinary pages, and every unpleasantness a website can have.

Owns its pages and what was changed of them. `/robots.txt` is of the whole world.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route

from sandbox.world.records import Unusable
from sandbox.world.state import state_of

PAGES = Path(__file__).parent / "static" / "bakery"
ROBOTS = "User-agent: *\nDisallow: /bakery/staff/\n"
HUGE = 50_000_000
_PIECE = b"<p>Bread, bread, bread and more of it.</p>\n" * 2000


def names() -> list[str]:
    """The ordinary pages, without their ending."""
    return sorted(path.stem for path in PAGES.glob("*.html"))


async def change(request: Request) -> JSONResponse:
    """`POST /sandbox/site` {page, html}: from now on the page says this; "" takes the change back."""
    data = await request.json()
    page, html = (data.get(name) if isinstance(data, dict) else None for name in ("page", "html"))
    if page not in names() or not isinstance(html, str):
        raise Unusable(f"Name one of the pages ({', '.join(names())}) and its HTML.")
    state = state_of(request)
    state.site[page] = html
    if not html:
        del state.site[page]
    return JSONResponse({"page": page})


async def robots(_: Request) -> Response:
    """`GET /robots.txt`."""
    return PlainTextResponse(ROBOTS)


async def page(request: Request) -> Response:
    """`GET /bakery/` and the pages below it."""
    name = request.path_params.get("name", "index")
    if name not in names():
        return HTMLResponse("<h1>Not found</h1>", status_code=404)
    said = state_of(request).site.get(name) or (PAGES / f"{name}.html").read_text(encoding="utf-8")
    return HTMLResponse(said)


async def sitemap(request: Request) -> Response:
    """`GET /bakery/sitemap.xml`."""
    base = str(request.base_url)
    places = "".join(f"<url><loc>{base}bakery/{name}</loc></url>" for name in names() if name != "index")
    return Response(
        f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>',
        media_type="application/xml",
    )


async def day(request: Request) -> Response:
    """`GET /bakery/calendar/N`: each day leads to the next, without end."""
    number = int(request.path_params["number"])
    return HTMLResponse(
        f"<title>Day {number}</title><main><h1>Day {number}</h1><p>On day {number} we bake loaf number {number}.</p>"
        f'<a href="/bakery/calendar/{number + 1}">The next day</a></main>'
    )


async def staff(_: Request) -> Response:
    """`GET /bakery/staff/…`: what robots.txt keeps programs from."""
    return HTMLResponse("<main><p>The code of the back door is 4711.</p></main>")


async def huge(_: Request) -> Response:
    """`GET /bakery/huge`: 50 MB."""

    async def body() -> AsyncIterator[bytes]:
        for _ in range(HUGE // len(_PIECE) + 1):
            yield _PIECE

    return StreamingResponse(body(), media_type="text/html")


async def slow(request: Request) -> Response:
    """`GET /bakery/slow`: a word a second, for a minute."""

    async def body() -> AsyncIterator[bytes]:
        for _ in range(60):
            yield b"Wait. "
            await asyncio.sleep(1)

    return StreamingResponse(body(), media_type="text/html")


def _leads(to: str) -> Callable[[Request], Awaitable[Response]]:
    async def lead(_: Request) -> Response:
        return RedirectResponse(to, status_code=302)

    return lead


async def failing(_: Request) -> Response:
    """`GET /bakery/failing`: an error of its own."""
    return HTMLResponse("<h1>Sorry</h1>", status_code=500)


ROUTES = [
    Route("/sandbox/site", change, methods=["POST"]),
    Route("/robots.txt", robots),
    Route("/bakery/", page),
    Route("/bakery/sitemap.xml", sitemap),
    Route("/bakery/calendar/{number:int}", day),
    Route("/bakery/staff/{name}", staff),
    Route("/bakery/huge", huge),
    Route("/bakery/slow", slow),
    Route("/bakery/failing", failing),
    Route("/bakery/old-prices", _leads("/bakery/prices")),
    Route("/bakery/inside", _leads("http://169.254.169.254/latest/meta-data/")),
    Route("/bakery/round", _leads("/bakery/round")),
    Route("/bakery/{name}", page),
]
