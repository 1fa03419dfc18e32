"""A vendor with the panel open: hears of changes by the socket, catches up when it broke, and fetches what changed."""

import contextlib
import json
import re
import threading
import time

import httpx2
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect
from websockets.typing import Origin

from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.smoke.browser import Browser

MESSAGE = re.compile(r'id="m-(\d+)"')
#: As the page's script: the catch-up asks anew so often, and a broken socket is tried again so soon.
CATCH_UP_S = 20.0
AGAIN_S = 1.0


class Panel:
    """What the page shows, by conversation: the ids of the messages in its thread, in order."""

    def __init__(self, site: Installation, line: Line) -> None:
        self.browser = Browser(site.base_url)
        self.browser.sign_in_with_google(site.world, line.owner, "Owner")
        self.base, self.slug = site.base_url, line.slug
        self.shown: dict[int, list[int]] = {}
        self.sockets = self.pushes = 0
        self.over = threading.Event()
        self.since = self.now()
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def now(self) -> str:
        """The server's time, as the page holds it."""
        answer = self.browser.http.get(f"/w/{self.slug}/changes/", params={"since": "2020-01-01T00:00:00+00:00"})
        return str(answer.json()["at"])

    def close(self) -> None:
        """Leaves, after a last catch-up such as a look at the page makes."""
        self.over.set()
        self.listener.join()
        self.catch_up()
        self.browser.close()

    def catch_up(self) -> None:
        """Asks what changed since the last time, and fetches it."""
        with contextlib.suppress(httpx2.HTTPError, ValueError):
            found = self.browser.http.get(f"/w/{self.slug}/changes/", params={"since": self.since}).json()
            for id in found["conversations"]:
                self.fetch(id)
            self.since = found["at"]

    def fetch(self, id: int) -> None:
        """Shows the thread as it is now."""
        page = self.browser.http.get(f"/w/{self.slug}/c/{id}/fragments/thread/")
        page.raise_for_status()
        self.shown[id] = [int(found) for found in MESSAGE.findall(page.text)]

    def _listen(self) -> None:
        while not self.over.is_set():
            with contextlib.suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError, httpx2.HTTPError):
                self._hear()
            self.over.wait(AGAIN_S)

    def _hear(self) -> None:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.http.cookies.items())
        address = f"{self.base.replace('http', 'ws', 1)}/w/{self.slug}/live/"
        with connect(
            address, origin=Origin(self.base), additional_headers={"Cookie": cookies}, proxy=None, open_timeout=10
        ) as socket:
            self.sockets += 1
            caught_up_at = 0.0
            while not self.over.is_set():
                if time.monotonic() - caught_up_at > CATCH_UP_S:
                    self.catch_up()
                    caught_up_at = time.monotonic()
                with contextlib.suppress(TimeoutError):
                    news = json.loads(socket.recv(timeout=1.0))
                    if news["type"] == "ready":
                        self.catch_up()
                    elif news["type"] == "conversation":
                        self.pushes += 1
                        self.fetch(int(news["id"]))
