"""The table runner of provider tests: a case is a recorded delivery and exactly what it means."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.providers import registry
from apps.providers.base import Item

FIXTURES = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class Case:
    """`name` is the fixture's file name without its ending."""

    name: str
    items: tuple[Item, ...]


def body_of(kind: str, name: str) -> bytes:
    """A recorded delivery, byte by byte."""
    return (FIXTURES / kind / f"{name}.json").read_bytes()


def recorded(kind: str) -> list[str]:
    """The names of every recorded delivery of a kind."""
    return sorted(path.stem for path in (FIXTURES / kind).glob("*.json"))


def parsed(kind: str, body: bytes | dict[str, Any]) -> list[Item]:
    """What the provider makes of a body, through its public entry."""
    return registry.get(kind).parse({}, body if isinstance(body, bytes) else json.dumps(body).encode())


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers with which Meta would post this body."""
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}
