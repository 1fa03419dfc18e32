"""The vendor: keeps the panel of a workspace open, reads what it shows, and answers."""

import contextlib
import json
import re
import threading
import time
from html import unescape
from queue import Empty, Queue
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sandbox.children import Failed
from sandbox.smoke.browser import Browser

FIELD = re.compile(r'id="field-(\w+)">.*?<dd>\s*<span dir="auto">(.*?)</span>', re.S)
#: Seconds that a push, or the socket itself, may take on a busy machine.
PATIENCE = 60.0
HISTORY = re.compile(r'data-history="([^"]*)"')


class Vendor:
    """A browser that is signed in, and its websocket."""

    def __init__(self, browser: Browser, slug: str) -> None:
        self.browser, self.slug = browser, slug
        self.socket: ClientConnection | None = None
        self.news: Queue[dict[str, Any]] = Queue()

    def open_panel(self) -> None:
        """Opens the workspace's socket, as the page's script does."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.http.cookies.items())
        self.socket = connect(
            f"{self.browser.base.replace('http', 'ws', 1)}/w/{self.slug}/live/",
            origin=Origin(self.browser.base),
            additional_headers={"Cookie": cookies},
            proxy=None,
            open_timeout=PATIENCE,
        )
        threading.Thread(target=self._listen, args=(self.socket,), daemon=True).start()

    def _listen(self, socket: ClientConnection) -> None:
        """Takes what is pushed as it comes, as a browser does, until the socket is closed."""
        with contextlib.suppress(ConnectionClosed):
            for news in socket:
                self.news.put(json.loads(news))

    def pushed(self, kind: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next push of this kind. Raises Failed when none comes."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(Empty):
            while True:
                news = self.news.get(timeout=max(deadline - time.monotonic(), 0))
                if news.get("type") == kind:
                    return news
        raise Failed(f"The panel was pushed nothing of kind {kind} within {seconds:g} s.")

    def sees(self, path: str) -> str:
        """The text of a page of the workspace."""
        return self.browser.text(f"/w/{self.slug}/{path}")

    def lead(self, page: str) -> dict[str, str]:
        """The fields that the lead card of a conversation shows."""
        card = self.browser.page(f"/w/{self.slug}/{page}fragments/lead/")
        return {name: unescape(value).strip() for name, value in FIELD.findall(card)}

    def histories(self, page: str) -> list[list[str]]:
        """The states each of our messages of a conversation went through, as its tick tells."""
        thread = self.browser.page(f"/w/{self.slug}/{page}fragments/thread/")
        return [states.split() for states in HISTORY.findall(thread)]

    def answer(self, page: str, text: str) -> None:
        """Types into the reply box of a conversation and sends. Raises Failed."""
        self.browser.submit(f"/w/{self.slug}/{page}", action=f"/{page}reply/", text=text)

    def close(self) -> None:
        """Leaves the panel."""
        if self.socket is not None:
            self.socket.close()
