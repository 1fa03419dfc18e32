"""A visitor of the business's website: what the chat's script does in their browser, over HTTP."""

import json
import time
import uuid
from typing import Any

import httpx2

from sandbox.children import Failed
from sandbox.redelivery import NO_ANSWER, Answered, insist

POLL_SECONDS = 0.2


class Visitor:
    """One browser on one website."""

    def __init__(self, base_url: str, key: str, website: str) -> None:
        self.key = key
        self.http = httpx2.Client(base_url=base_url, headers={"Origin": website}, timeout=30, trust_env=False)
        found = self._get("hello")
        self.id = str(found["visitor"])
        self.http.headers["Authorization"] = f"Visitor {found['token']}"

    def asks(self, text: str, seconds: float) -> str:
        """Writes, and waits for the answer of the bot. Raises Failed when none comes."""
        mine = str(uuid.uuid4())
        self._post(messages=[{"id": mine, "text": text}])
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            shown = self._get("messages")["messages"]
            places = [place for place, message in enumerate(shown) if message["id"] == mine]
            answers = [message for message in shown[places[0] :] if message["from"] == "bot"] if places else []
            if answers:
                self._post(read=[answers[0]["id"]])
                return str(answers[0]["text"])
            time.sleep(POLL_SECONDS)
        raise Failed(f"A visitor of the web chat got no answer within {seconds:g} s.")

    def close(self) -> None:
        """Leaves the website."""
        self.http.close()

    def _get(self, what: str) -> dict[str, Any]:
        return dict(json.loads(insist(lambda: self._asked("GET", f"/chat/{self.key}/{what}/"))))

    def _post(self, **what: list[Any]) -> None:
        body = {"widget": self.key, "visitor": self.id, **what}
        insist(lambda: self._asked("POST", f"/webhook/web_chat/{self.key}/", body))

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answered:
        try:
            answer = self.http.request(method, path, json=body)
        except httpx2.TransportError as error:
            return Answered(NO_ANSWER, f"{type(error).__name__}: {error}")
        return Answered(answer.status_code, answer.text)
