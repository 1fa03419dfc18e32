"""The sandbox world for programs: everything a test, a smoke run or a bench asks of it, over HTTP.

Owns nothing: a thin typed wrapper of the control API. Synchronous; one `World` may serve several threads.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

from sandbox.world.records import Accepted, ChatMessage, Number, Tried

Json = dict[str, Any]
POLL_SECONDS = 0.05


class WorldError(RuntimeError):
    """The world refused, or what was waited for did not happen; the text says what."""


def _new_client() -> httpx2.Client:
    return httpx2.Client(timeout=30.0, trust_env=False)


@dataclass(frozen=True)
class World:
    """A running sandbox world at a URL such as http://127.0.0.1:8700."""

    url: str
    http: httpx2.Client = field(default_factory=_new_client, repr=False, compare=False)

    def wait_ready(self, timeout: float = 60.0) -> None:
        """Return as soon as the world answers. Raises WorldError after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                if self.http.get(f"{self.url}/livez").status_code == 200:
                    return
            except httpx2.TransportError as error:
                if time.monotonic() > deadline:
                    raise WorldError(f"No sandbox world answers at {self.url} ({error}).") from error
            time.sleep(POLL_SECONDS)

    def register_number(self, number: Number, *, verify_token: str | None = None) -> Json:
        """Register a number, or replace it; `verify_token` makes the world prove the address first."""
        body = {**vars(number)} | ({} if verify_token is None else {"verify_token": verify_token})
        return self._call("POST", "/sandbox/numbers", body)

    def change_number(self, number: str, **fields: Any) -> Json:
        """Change some fields of a registered number."""
        return self._call("PATCH", f"/sandbox/numbers/{number}", fields)

    def add_person(self, phone: str, name: str, **fields: Any) -> Json:
        """Somebody gets WhatsApp; fields of records.Person. Returns them with their `user_id`."""
        return self._call("POST", "/sandbox/people", {"phone": phone, "name": name} | fields)

    def say(self, phone: str, to: str, text: str | None = None, **what: Any) -> str:
        """A person writes to a number: a text, or one thing by its name (`location={…}`). Returns the wamid.

        Beside it may stand context, wamid, at (Unix seconds), extra and name (of a person not yet known).
        """
        body = {"to": to} | ({} if text is None else {"text": text}) | what
        return str(self._call("POST", f"/sandbox/people/{phone}/say", body)["wamid"])

    def say_raw(
        self,
        number: str,
        payload: Any = None,
        *,
        raw: str | None = None,
        signature: str = "right",
        url: str = "",
    ) -> int:
        """Send any webhook once, signed right, wrong or none. Returns the HTTP status, 0 for no answer."""
        content = {"payload": payload} if raw is None else {"raw": raw}
        body = {"number": number, "signature": signature, "url": url} | content
        return int(self._call("POST", "/sandbox/webhooks", body)["status"])

    def echo(self, number: str, to: str, text: str) -> str:
        """The owner answers in the WhatsApp Business app. Returns the wamid."""
        return str(self._call("POST", f"/sandbox/numbers/{number}/echo", {"to": to, "text": text})["wamid"])

    def change_site(self, page: str, html: str) -> None:
        """A page of the website at /bakery/ says this from now on; "" takes the change back."""
        self._call("POST", "/sandbox/site", {"page": page, "html": html})

    def open_shop(self, script: str, key: str) -> str:
        """Puts a chat on the foreign website; returns the website's address."""
        self._call("POST", "/sandbox/shop", {"script": script, "key": key})
        return f"{self.url}/shop/"

    def messages_of(self, phone: str, *, number: str = "", after: int = 0) -> list[ChatMessage]:
        """What the phone shows, oldest first, beginning after an order."""
        found = self._get(f"/sandbox/people/{phone}/messages", number=number, after=after)
        return [ChatMessage(**item) for item in found["messages"]]

    def wait_for_reply(
        self, phone: str, *, number: str = "", after: int | str = 0, timeout: float = 60.0
    ) -> ChatMessage:
        """The first message of a business to a person after an order or a wamid. Raises WorldError."""
        deadline = time.monotonic() + timeout
        while True:
            shown = self.messages_of(phone, number=number)
            start = after if isinstance(after, int) else _order_of(shown, after)
            for message in shown:
                if message.direction == "from_business" and message.order > start:
                    return message
            if time.monotonic() > deadline:
                raise WorldError(f"{phone} got no reply within {timeout:g} s.")
            time.sleep(POLL_SECONDS)

    def ledger(self, *, number: str = "", after: int = 0) -> list[Accepted]:
        """Messages the Graph API accepted, in order."""
        return [Accepted(**item) for item in self._get("/sandbox/ledger", number=number, after=after)["accepted"]]

    def tried(self, *, number: str = "", after: int = 0) -> list[Tried]:
        """Every send that reached the Graph API, in order, whatever became of it."""
        return [Tried(**item) for item in self._get("/sandbox/tried", number=number, after=after)["tried"]]

    def duplicates(self) -> list[str]:
        """Opaque keys that were accepted more than once."""
        return list(self._get("/sandbox/ledger", after=2**53)["duplicates"])

    def deliveries(self, *, number: str = "", wamid: str = "", after: int = 0) -> list[Json]:
        """Webhooks that were sent, each with `label`, `wamid`, `body`, `attempts`, `statuses` and `done`."""
        return list(self._get("/sandbox/deliveries", number=number, wamid=wamid, after=after)["deliveries"])

    def statuses(self, wamid: str) -> list[str]:
        """The states the world reported of an accepted message, in the order they were queued."""
        labels = [item["label"] for item in self.deliveries(wamid=wamid)]
        return [label.removeprefix("status:") for label in labels if label.startswith("status:")]

    def decide_at_google(
        self, url: str, email: str, *, name: str = "", verified: bool = True, id: str = "", answer: str = "allow"
    ) -> str:
        """Somebody opens Google's consent page, at which an application sent them to `url`, and allows or denies.

        Returns the address of the application to which they are sent back. `id` is the 21 digits of a Google
        account, for one that changes its address.
        """
        form = {"email": email, "name": name, "verified": "yes" if verified else "", "id": id, "answer": answer}
        answered = self.http.post(f"{self.url}/google/consent?{urlsplit(url).query}", data=form)
        if answered.status_code != 302:
            raise WorldError(f"Google did not send {email} back: {answered.status_code} {answered.text}")
        return str(answered.headers["location"])

    def add_fault(self, kind: str, number: str = "*", **fields: Any) -> Json:
        """Put a fault into force; fields of faults.Fault; number "model" is the model server."""
        return self._call("POST", "/sandbox/faults", {"kind": kind, "number": number} | fields)

    def faults(self) -> list[Json]:
        """Faults in force, each with how often it was `caused`."""
        return list(self._get("/sandbox/faults")["faults"])

    def clear_faults(self) -> None:
        """All is well again."""
        self._call("DELETE", "/sandbox/faults")

    def script_model(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replace the rules of the scripted model; fields of script.Rule."""
        self._call("POST", "/sandbox/model/script", [dict(rule) for rule in rules])

    def model_calls(self, *, after: int = 0) -> list[Json]:
        """Requests the model server got: order, at, path, body, status, rule, answer."""
        return list(self._get("/sandbox/model/calls", after=after)["calls"])

    def reset(self, *, keep_numbers: bool = False) -> None:
        """An empty world; `keep_numbers` keeps numbers and people."""
        self._call("POST", "/sandbox/reset", {"keep_numbers": keep_numbers})

    def close(self) -> None:
        """Close the connections to the world."""
        self.http.close()

    def _get(self, path: str, **query: Any) -> Json:
        return self._read(self.http.get(f"{self.url}{path}", params=query))

    def _call(self, method: str, path: str, body: Any = None) -> Json:
        return self._read(self.http.request(method, f"{self.url}{path}", json=body))

    def _read(self, answer: httpx2.Response) -> Json:
        if answer.status_code != 200:
            raise WorldError(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
        data: Json = answer.json()
        return data


def _order_of(shown: Sequence[ChatMessage], wamid: str) -> int:
    return next((message.order for message in shown if message.wamid == wamid), 0)
