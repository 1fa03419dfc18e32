"""The vendor: signs in with the code from the mail, keeps the panel open, and reads what it shows."""

import contextlib
import json
import re
import threading
import time
from email import message_from_bytes, policy
from html import unescape
from pathlib import Path
from queue import Empty, Queue
from typing import Any
from urllib.parse import urlsplit

import httpx2
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from sandbox.children import Failed

CODE = re.compile(r"\b([A-Z0-9]{4}-?[A-Z0-9]{4}|[A-Z0-9]{6})\b")
FIELD = re.compile(r'id="field-(\w+)">.*?<dd>\s*<span dir="auto">(.*?)</span>', re.S)
HISTORY = re.compile(r'data-history="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden"[^>]* name="(key|csrfmiddlewaretoken)" value="([^"]+)"')
POLL_SECONDS = 0.05


class Vendor:
    """A browser's worth of HTTP and one websocket."""

    def __init__(self, base_url: str, slug: str, mail: Path) -> None:
        self.base, self.slug, self.mail = base_url, slug, mail
        self.http = httpx2.Client(base_url=base_url, follow_redirects=True, timeout=30, trust_env=False)
        self.socket: ClientConnection | None = None
        self.news: Queue[dict[str, Any]] = Queue()

    def sign_in(self, email: str) -> None:
        """By e-mail code, as a person: ask for it, read it, type it. Raises Failed."""
        self.post("/accounts/login/", {"email": email})
        page = self.post("/accounts/login/code/confirm/", {"code": self.code_for(email)})
        if not urlsplit(str(page.url)).path.startswith(f"/w/{self.slug}/"):
            raise Failed(f"Signing in ended at {page.url} instead of the workspace.")

    def code_for(self, email: str, seconds: float = 10.0) -> str:
        """The code in the newest mail to the address."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for file in sorted(self.mail.glob("*"), reverse=True):
                mail = message_from_bytes(file.read_bytes(), policy=policy.default)
                body = mail.get_body(("plain",))
                found = CODE.search(body.get_content()) if body and email in str(mail["To"]) else None
                if found:
                    return found[1]
            time.sleep(POLL_SECONDS)
        raise Failed(f"No mail with a sign-in code came to {email}.")

    def post(self, path: str, fields: dict[str, str]) -> httpx2.Response:
        """Sends the form of a page, with the token that the page holds."""
        page = self.http.get(path).text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise Failed(f"{path} shows no form.")
        answer = self.http.post(
            path, data={**fields, "csrfmiddlewaretoken": token[1]}, headers={"Referer": f"{self.base}{path}"}
        )
        if answer.status_code != 200:
            raise Failed(f"POST {path} answered {answer.status_code}.")
        return answer

    def open_panel(self) -> None:
        """Opens the workspace's socket, as the page's script does."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        self.socket = connect(
            f"{self.base.replace('http', 'ws', 1)}/w/{self.slug}/live/",
            origin=Origin(self.base),
            additional_headers={"Cookie": cookies},
            proxy=None,
        )
        threading.Thread(target=self._listen, args=(self.socket,), daemon=True).start()

    def _listen(self, socket: ClientConnection) -> None:
        """Takes what is pushed as it comes, as a browser does, until the socket is closed."""
        with contextlib.suppress(ConnectionClosed):
            for news in socket:
                self.news.put(json.loads(news))

    def pushed(self, kind: str, seconds: float = 15.0) -> dict[str, Any]:
        """The next push of this kind. Raises Failed when none comes."""
        deadline = time.monotonic() + seconds
        with contextlib.suppress(Empty):
            while True:
                news = self.news.get(timeout=max(deadline - time.monotonic(), 0))
                if news.get("type") == kind:
                    return news
        raise Failed(f"The panel was pushed nothing of kind {kind} within {seconds:g} s.")

    def sees(self, path: str) -> str:
        """The text of a page of the workspace, tags removed."""
        page = self.http.get(f"/w/{self.slug}/{path}")
        page.raise_for_status()
        return unescape(re.sub(r"<[^>]+>", " ", page.text))

    def lead(self, page: str) -> dict[str, str]:
        """The fields that the lead card of a conversation shows."""
        return {name: unescape(value).strip() for name, value in FIELD.findall(self.raw(f"{page}fragments/lead/"))}

    def histories(self, page: str) -> list[list[str]]:
        """The states each of our messages of a conversation went through, as its tick tells."""
        return [states.split() for states in HISTORY.findall(self.raw(f"{page}fragments/thread/"))]

    def answer(self, page: str, text: str) -> None:
        """Types into the reply box of a conversation and sends."""
        form = self.raw(page)
        fields = dict(HIDDEN.findall(form))
        answer = self.http.post(
            f"/w/{self.slug}/{page}reply/",
            data={**fields, "text": text},
            headers={"Referer": f"{self.base}/w/{self.slug}/{page}"},
        )
        if answer.status_code != 200:
            raise Failed(f"Answering {page} was refused with {answer.status_code}.")

    def raw(self, path: str) -> str:
        """The markup of a page of the workspace."""
        return str(self.http.get(f"/w/{self.slug}/{path}").raise_for_status().text)

    def close(self) -> None:
        """Leaves."""
        if self.socket is not None:
            self.socket.close()
        self.http.close()
