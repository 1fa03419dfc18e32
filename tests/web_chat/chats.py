"""A visitor's browser for tests: on a website, with a token, against the pages and what the intake asks of a post."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from apps import tenants
from apps.conversations.services import delivering
from apps.dialogue import services as dialogue
from apps.inboxes.models import Widget
from apps.ingest import services
from apps.ingest.models import Delivery
from apps.providers import registry
from apps.tenants.models import Hook
from apps.work import claims
from apps.work.models import WorkItem

SITE = "https://shop.example"
ELSEWHERE = "https://thief.example"


@dataclass
class Browser:
    """One browser on a page of `site`; `token` and `visitor` once it said hello."""

    key: str
    site: str = SITE
    token: str = ""
    visitor: str = ""
    http: Client = field(default_factory=Client)

    def get(self, name: str, *, key: str = "", **query: str) -> Any:
        """One of the chat's addresses, asked as the script asks."""
        headers = {"origin": self.site, **({"authorization": f"Visitor {self.token}"} if self.token else {})}
        with tenants.enter(None):
            return self.http.get(f"/chat/{key or self.key}/{name}/", query, headers=headers)

    def hello(self) -> dict[str, Any]:
        """Gets a token, or a new one for the same visitor."""
        found: dict[str, Any] = self.get("hello").json()
        self.token, self.visitor = found["token"], found["visitor"]
        return found

    def history(self) -> list[dict[str, Any]]:
        """The messages that are shown."""
        return list(self.get("messages").json()["messages"])

    def body(self, text: str = "", *, id: str = "", **marks: list[str]) -> bytes:
        """A post as the script writes it."""
        messages = [{"id": id or str(uuid.uuid4()), "text": text}] if text else []
        return json.dumps({"widget": self.key, "visitor": self.visitor, "messages": messages, **marks}).encode()

    def headers(self) -> dict[str, str]:
        """What goes with a post, names in lower case."""
        return {
            "origin": self.site,
            "content-type": "application/json",
            "authorization": f"Visitor {self.token}",
        }

    def says(self, text: str = "", **how: Any) -> bool:
        """Posts and has it processed, as intake and worker would; whether the intake would have taken it."""
        return taken(self.key, self.headers(), self.body(text, **how))


def taken(key: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the hook admits and believes the post; if so it is stored and processed."""
    provider, hook = registry.get("web_chat"), Hook.objects.get(provider="web_chat", key=key)
    if provider.admit("POST", headers, hook.origin_list, "").answer or not provider.verify(
        hook.secret_list, headers, body
    ):
        return False
    with tenants.enter(None):
        delivery = Delivery.objects.create(hook=hook, body=body, headers={})
        services.process(delivery)
        delivery.refresh_from_db()
    assert delivery.state in (Delivery.State.PROCESSED, Delivery.State.UNREADABLE)
    return True


def key_of(widget: Widget) -> str:
    """The key that stands in the website's source."""
    return widget.inbox.external_key


def work(kind: str) -> None:
    """What a worker does of this kind of work; it is due at once."""
    runs: dict[str, Any] = {"dialogue.take_turns": dialogue.take_turn, "conversations.deliver": delivering.deliver}
    WorkItem.objects.filter(kind=kind).update(due_at=timezone.now() - timedelta(seconds=1))
    for claim in claims.claim(kind, lease=60, share=10):
        assert runs[kind](claim) is None
        claims.finish(claim)
