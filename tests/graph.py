"""A Graph API at the one function through which everything leaves: scripted answers, and what was asked."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from apps.core import http

Answer = http.Response | Exception


def accepted(body: dict[str, Any]) -> http.Response:
    """Meta took the message."""
    to = str(body.get("to") or body.get("recipient"))
    answer = {
        "messaging_product": "whatsapp",
        "contacts": [{"input": to, "wa_id": to}],
        "messages": [{"id": f"wamid.{uuid.uuid4().hex}"}],
    }
    return http.Response(200, {"content-type": "application/json"}, json.dumps(answer).encode())


def refused(status: int, code: int) -> http.Response:
    """Meta refused the message with this code."""
    error = {"error": {"message": "refused", "type": "OAuthException", "code": code, "error_data": {"details": "no"}}}
    return http.Response(status, {"content-type": "application/json"}, json.dumps(error).encode())


@dataclass
class Graph:
    """Answers sends from `script`, first to last, then accepts. Signals (read, typing) are always taken."""

    script: list[Answer] = field(default_factory=list)
    sends: list[dict[str, Any]] = field(default_factory=list)
    signals: list[dict[str, Any]] = field(default_factory=list)
    during_send: Callable[[], None] | None = None

    def request(self, method: str, url: str, *, json: Any = None, **_: Any) -> http.Response:
        """Stands in for core.http.request."""
        if json.get("status") == "read":
            self.signals.append(json)
            return http.Response(200, {}, b'{"success": true}')
        self.sends.append(json)
        if self.during_send:
            self.during_send()
        answer = self.script.pop(0) if self.script else accepted(json)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def texts(self) -> list[str]:
        """The texts that were sent, in order."""
        return [body["text"]["body"] for body in self.sends]
