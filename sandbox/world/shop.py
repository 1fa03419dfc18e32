"""A foreign website at /shop/, with the business's chat on it as any website has it: one line before the end.

Owns the registration of that line's two values and the website's own Content-Security-Policy.
"""

import html
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sandbox.world.records import Unusable
from sandbox.world.state import state_of

PAGE = Path(__file__).parent / "static" / "shop.html"
PLACE = "<!-- the chat's line stands here -->"


async def register(request: Request) -> JSONResponse:
    """`POST /sandbox/shop` {script, key}: the website has this chat from now on."""
    state = state_of(request)
    data = await request.json()
    script, key = (data.get(name) if isinstance(data, dict) else None for name in ("script", "key"))
    if not (isinstance(script, str) and isinstance(key, str) and key and urlsplit(script).scheme in ("http", "https")):
        raise Unusable("A chat needs the address of its script and a key.")
    state.shop.update(script=script, key=key)
    state.unsaved = True
    return JSONResponse(state.shop)


async def shop(request: Request) -> Response:
    """`GET /shop/`: the website, on every path below."""
    script, key = (state_of(request).shop.get(name, "") for name in ("script", "key"))
    line = f'<script async src="{html.escape(script)}" data-key="{html.escape(key)}"></script>' if script else ""
    page = PAGE.read_text(encoding="utf-8").replace(PLACE, line)
    return HTMLResponse(page, headers={"Content-Security-Policy": _policy(script), "Cache-Control": "no-cache"})


def _policy(script: str) -> str:
    """What a careful website allows: itself and the chat's installation, no inline script, no inline style."""
    site = urlsplit(script)
    chat = f"{site.scheme}://{site.netloc}" if script else ""
    socket = chat.replace("http", "ws", 1)
    return f"default-src 'self'; script-src 'self' {chat}; connect-src 'self' {chat} {socket}; base-uri 'none'"


ROUTES = [
    Route("/sandbox/shop", register, methods=["POST"]),
    Route("/shop", shop, methods=["GET"]),
    Route("/shop/", shop, methods=["GET"]),
]
