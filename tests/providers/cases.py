"""The table runner of provider tests: a case is a recorded delivery and exactly what it means."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.providers import registry
from apps.providers.base import Item
from apps.providers.web_chat import tokens

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


def signed_for(kind: str, secret: str, body: bytes) -> dict[str, str]:
    """The headers with which this kind's sender would post this body: a signature, or a visitor's token."""
    if kind != "web_chat":
        return signed(secret, body)
    post = json.loads(body)
    return {"authorization": f"Visitor {tokens.issue(secret or 'none', post['widget'], post['visitor'])}"}


def tampered(kind: str, body: bytes) -> bytes:
    """The body changed so that what went with it no longer fits: a byte more, or another visitor."""
    return body.replace(b'"visitor": "0', b'"visitor": "1') if kind == "web_chat" else body + b" "
