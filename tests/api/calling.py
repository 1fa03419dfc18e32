"""A program that calls the API, and every operation it can call."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from apps.accounts.api_keys import SCOPES, create_key
from apps.accounts.models import ApiKey, Role
from apps.accounts.services import add_member
from apps.tenants.models import Workspace

BASE = "/api/v1/"
PROBLEM = "application/problem+json"


@dataclass
class Program:
    """Something that has a key."""

    key: ApiKey | None
    token: str
    client: Client = field(default_factory=Client)

    def call(
        self, method: str, path: str, body: object = None, *, raw: bytes | None = None, **headers: str
    ) -> HttpResponse:
        """One request; `path` below /api/v1/ or whole."""
        sent = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        authorization = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.generic(
            method,
            path if path.startswith(("/", "http")) else BASE + path,
            sent,
            content_type="application/json",
            headers={**authorization, **{name.replace("_", "-"): value for name, value in headers.items()}},
        )

    def get(self, path: str, **headers: str) -> HttpResponse:
        """A GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> HttpResponse:
        """A POST of JSON."""
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: object) -> HttpResponse:
        """A PATCH of JSON."""
        return self.call("PATCH", path, body)

    def walk(self, path: str) -> Iterator[list[dict[str, Any]]]:
        """The pages of a list, one after the other as `next` leads."""
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status_code == 200, answer.content
            yield answer.json()["results"]
            following = answer.json()["next"]


def program_of(workspace: Workspace, *scopes: str, name: str = "CRM") -> Program:
    """A program with a key of the workspace, with all scopes when none is named; an owner of its own made it."""
    maker = add_member(workspace, email=f"owner-{workspace.slug}@example.org", role=Role.OWNER, name="Olga Owner").user
    return Program(*create_key(workspace, name=name, scopes=scopes or SCOPES, maker=maker))


@dataclass(frozen=True)
class Operation:
    """Something to call: the scope it asks for, a body with which it succeeds, and the status of that."""

    method: str
    path: str
    scope: str
    status: int = 200
    body: Mapping[str, Any] | None = None

    @property
    def names_a_row(self) -> bool:
        """Whether an id stands in the address."""
        return "{" in self.path

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


WEBSITE = {"bot": "{bot}", "address": "https://acme.example/"}
FILE = {"bot": "{bot}", "file_name": "a.pdf", "content": "JVBERi0xLjQK"}
QUESTIONS = {"bot": "{bot}", "title": "Tea", "pairs": [{"question": "Is there tea?", "answer": "Yes."}]}
PRODUCTS = {"bot": "{bot}", "title": "Tea", "csv": "name\nTea"}

#: `{bot}` and the like are filled with ids of rows that there are.
OPERATIONS = [
    Operation("GET", "bots/", "bots:read"),
    Operation("POST", "bots/", "bots:write", 201, {"name": "Eva", "business": "Acme"}),
    Operation("GET", "bots/{bot}/", "bots:read"),
    Operation("PATCH", "bots/{bot}/", "bots:write", 200, {"name": "Eva"}),
    Operation("GET", "inboxes/", "inboxes:read"),
    Operation("GET", "inboxes/{inbox}/", "inboxes:read"),
    Operation("GET", "contacts/", "contacts:read"),
    Operation("GET", "contacts/{contact}/", "contacts:read"),
    Operation("GET", "leads/", "leads:read"),
    Operation("GET", "leads/{lead}/", "leads:read"),
    Operation("PATCH", "leads/{lead}/", "leads:write", 200, {"stage": "won"}),
    Operation("GET", "conversations/", "conversations:read"),
    Operation("GET", "conversations/{conversation}/", "conversations:read"),
    Operation("GET", "conversations/{conversation}/messages/", "conversations:read"),
    Operation("POST", "conversations/{conversation}/messages/", "conversations:write", 201, {"text": "Hello"}),
    Operation("GET", "handoffs/", "handoffs:read"),
    Operation("POST", "handoffs/", "handoffs:write", 201, {"conversation": "{conversation_without}"}),
    Operation("GET", "handoffs/{handoff}/", "handoffs:read"),
    Operation("POST", "handoffs/{handoff}/resolve/", "handoffs:write"),
    Operation("GET", "knowledge/sources/", "knowledge:read"),
    Operation("POST", "knowledge/sources/", "knowledge:write", 201, {"bot": "{bot}", "title": "Tea", "text": "We do."}),
    Operation("GET", "knowledge/sources/{source}/", "knowledge:read"),
    Operation("DELETE", "knowledge/sources/{source}/", "knowledge:write", 204),
    Operation("GET", "knowledge/sources/{source}/pages/", "knowledge:read"),
    Operation("GET", "knowledge/sources/{source}/chunks/", "knowledge:read"),
    Operation("POST", "knowledge/sources/{source}/read-again/", "knowledge:write"),
    Operation("POST", "knowledge/sources/{source}/stop/", "knowledge:write"),
    Operation("POST", "knowledge/websites/", "knowledge:write", 201, WEBSITE),
    Operation("POST", "knowledge/files/", "knowledge:write", 201, FILE),
    Operation("POST", "knowledge/questions/", "knowledge:write", 201, QUESTIONS),
    Operation("POST", "knowledge/products/", "knowledge:write", 201, PRODUCTS),
    Operation("GET", "bots/{bot}/contradictions/", "knowledge:read"),
    Operation("POST", "knowledge/ask/", "knowledge:read", 200, {"bot": "{bot}", "question": "When do you open?"}),
]


def fill(value: Any, ids: Mapping[str, int]) -> Any:
    """The operation's body with ids in it."""
    if isinstance(value, Mapping):
        return {name: fill(inner, ids) for name, inner in value.items()}
    whole = isinstance(value, str) and value.startswith("{") and value.endswith("}")
    return ids[value[1:-1]] if whole else value
