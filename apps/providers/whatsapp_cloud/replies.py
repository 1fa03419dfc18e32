"""Messages that answer something interactive: buttons, lists, forms, requests to call."""

from collections.abc import Callable, Mapping
from typing import Any

from apps.providers.base import ContentKind, UnreadableBody
from apps.providers.payloads import Malformed, as_id, as_object, as_text, only_given, read_object
from apps.providers.whatsapp_cloud.said import Message, Said, part, unsupported


def interactive(message: Message) -> Said:
    """An answer to an interactive message of ours; an unknown sort of answer is UNSUPPORTED."""
    reply = part(message, "interactive")
    sort = as_text(reply.get("type")) or next((name for name in _REPLIES if name in reply), "")
    reader = _REPLIES.get(sort)
    if reader is None:
        return unsupported({**message, "type": f"interactive {sort}".strip()})
    return reader(as_object(reply.get(sort)))


def button(message: Message) -> Said:
    """A tap on a template's quick reply, which is a type of its own."""
    tapped = part(message, "button")
    return _choice("template", tapped.get("payload"), tapped.get("text"))


def _choice(source: str, chosen: Any, title: Any, description: Any = None) -> Said:
    chosen_id, text = as_id(chosen), as_text(title)
    if not chosen_id and not text:
        raise Malformed("a choice without id and title")
    content = {
        "source": source,
        "id": chosen_id or text,
        "title": text or chosen_id,
        **only_given(description=as_text(description)),
    }
    return Said(ContentKind.CHOICE, text or chosen_id, content)


def _form(reply: Message) -> Said:
    body = as_text(reply.get("body"))
    content = {
        "name": as_text(reply.get("name")),
        "body": body,
        "response": _answers(reply.get("response_json")),
    }
    return Said(ContentKind.FORM, body, content)


def _answers(response: Any) -> Mapping[str, Any] | None:
    """What was filled in: JSON inside a string, which may be broken, null or no object."""
    try:
        return read_object(as_text(response).encode())
    except UnreadableBody:
        return None


def _call_permission(reply: Message) -> Said:
    return Said(ContentKind.CALL_PERMISSION, "", {**reply, "response": as_text(reply.get("response"))})


_REPLIES: Mapping[str, Callable[[Message], Said]] = {
    "button_reply": lambda reply: _choice("button", reply.get("id"), reply.get("title")),
    "list_reply": lambda reply: _choice("list", reply.get("id"), reply.get("title"), reply.get("description")),
    "nfm_reply": _form,
    "call_permission_reply": _call_permission,
}
