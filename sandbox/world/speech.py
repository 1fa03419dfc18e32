"""What a person may say, and the content of Meta's message that it becomes.

Owns the table `SAYABLE`. Pure functions; media are placeholders with the ids and digests a webhook carries.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

MIME_TYPES: Mapping[str, str] = {
    "image": "image/jpeg",
    "video": "video/mp4",
    "audio": "audio/ogg; codecs=opus",
    "document": "application/pdf",
    "sticker": "image/webp",
}


def media(kind: str, given: Any) -> dict[str, Any]:
    """A media block as a webhook carries it: what is given, completed with id, MIME type and digest."""
    given = given if isinstance(given, Mapping) else {}
    digest = hashlib.sha256(f"{kind}:{json.dumps(given, sort_keys=True)}".encode()).digest()
    block: dict[str, Any] = {
        "mime_type": MIME_TYPES[kind],
        "sha256": base64.b64encode(digest).decode(),
        "id": str(10**15 + secrets.randbelow(9 * 10**15)),
    }
    if kind == "document":
        block["filename"] = "document.pdf"
    return block | dict(given)


def _interactive(kind: str) -> Callable[[Any], tuple[str, Any]]:
    return lambda value: ("interactive", {"type": kind, kind: value})


def _media(kind: str) -> Callable[[Any], tuple[str, Any]]:
    return lambda value: (kind, media(kind, value))


def _as_given(kind: str) -> Callable[[Any], tuple[str, Any]]:
    return lambda value: (kind, value)


#: What a person may say: name of the thing -> (Meta's type, content) made from the given value.
SAYABLE: Mapping[str, Callable[[Any], tuple[str, Any]]] = {
    "text": lambda value: ("text", {"body": value}),
    **{kind: _media(kind) for kind in MIME_TYPES},
    **{kind: _interactive(kind) for kind in ("list_reply", "button_reply", "nfm_reply", "call_permission_reply")},
    **{
        kind: _as_given(kind)
        for kind in (
            "location", "reaction", "contacts", "button", "order", "system", "edit", "revoke",
            "request_welcome", "unsupported",
        )
    },
}  # fmt: skip
