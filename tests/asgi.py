"""Speaks to an ASGI app as a server would, in the shape a test wants to choose: chunks, headers, a cut line."""

from collections.abc import Iterable
from typing import Any


async def ask(
    app: Any,
    method: str,
    path: str,
    *,
    body: bytes = b"",
    chunks: Iterable[bytes] | None = None,
    headers: Iterable[tuple[str, str]] = (),
    query: str = "",
    cut: bool = False,
    client: str = "",
) -> tuple[int, dict[str, str], bytes]:
    """One request; returns status, headers and body. `cut`: the client goes away before the body is whole.

    `client`: the address that the connection comes from.
    """
    parts = list(chunks) if chunks is not None else [body]
    events = [
        {"type": "http.request", "body": part, "more_body": number < len(parts) - 1 or cut}
        for number, part in enumerate(parts)
    ]
    events.append({"type": "http.disconnect"})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return events.pop(0)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers],
        **({"client": [client, 50123]} if client else {}),
    }
    await app(scope, receive, send)
    answer = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answer, sent[1]["body"]
