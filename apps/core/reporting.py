"""Errors to Sentry, when a DSN says where: the types, frames and ids of what went wrong, and nobody's words.

Off without a DSN. What an error says, bodies, headers, cookies, addresses' queries, local variables and breadcrumbs
stay here: databases and validators quote the value they refuse.
"""

from typing import Any
from urllib.parse import urlsplit

import sentry_sdk

from apps.core.bound import told
from apps.core.masks import masked

#: What of an event leaves as it is: none of these holds anything that people wrote.
KEPT = frozenset(
    {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "server_name", "sdk", "type"}
)
#: What of a stack's frame leaves.
FRAME = frozenset({"filename", "abs_path", "module", "function", "lineno", "in_app", "context_line"})


def start(dsn: str, *, release: str = "", **how: Any) -> None:
    """Reports errors from now on; `how` goes to the SDK, as a transport does in tests. No DSN: nothing happens."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        traces_sample_rate=None,
        before_send=scrubbed,
        before_breadcrumb=lambda *_: None,
        **how,
    )


def scrubbed(event: Any, hint: Any) -> Any:
    """The event with nothing but what is listed here, and the ids of where it happened as tags."""
    clean: dict[str, Any] = {name: value for name, value in event.items() if name in KEPT}
    clean["tags"] = {name: str(value) for name, value in told().items()}
    if "exception" in event:
        clean["exception"] = {"values": [_error(one) for one in event["exception"].get("values") or ()]}
    if "logentry" in event:
        # The format alone, without what was put into it.
        clean["logentry"] = {"message": masked(str(event["logentry"].get("message", "")))}
    request = event.get("request") or {}
    if request:
        clean["request"] = {"method": request.get("method"), "url": masked(urlsplit(str(request.get("url", ""))).path)}
    return clean


def _error(one: dict[str, Any]) -> dict[str, Any]:
    frames = (one.get("stacktrace") or {}).get("frames") or ()
    kept = [{name: value for name, value in frame.items() if name in FRAME} for frame in frames]
    error: dict[str, Any] = {"type": one.get("type"), "module": one.get("module"), "value": ""}
    return {**error, "stacktrace": {"frames": kept}} if kept else error
