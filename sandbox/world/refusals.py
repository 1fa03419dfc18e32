"""What Meta refuses of a send, in Meta's error shape.

Owns the table of errors and the checks of a body, in the order in which Meta makes them. Limits are those
of Meta's messages reference; codes those of its error codes page.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import JSONResponse

MAX_TEXT = 4096
MAX_CAPTION = MAX_INTERACTIVE_BODY = 1024
MAX_OPAQUE = 512
MAX_BUTTONS, MAX_BUTTON_TITLE, MAX_BUTTON_ID = 3, 20, 256
MAX_ROWS, MAX_ROW_TITLE, MAX_ROW_DESCRIPTION = 10, 24, 72

MEDIA_TYPES = ("image", "audio", "document", "video", "sticker")
TYPES = ("text", *MEDIA_TYPES, "location", "contacts", "interactive", "template", "reaction")


@dataclass(frozen=True)
class Refusal:
    """One answer of Meta other than success. `details` is the sentence that tells what to change."""

    code: int
    message: str
    details: str = ""
    http: int = 400
    type: str = "OAuthException"
    subcode: int | None = None
    retry_after: int = 0


NO_TOKEN = Refusal(190, "Invalid OAuth access token - Cannot parse access token", http=401)
EXPIRED_TOKEN = Refusal(190, "Error validating access token: The session has been invalidated", http=401, subcode=460)
BAD_PROOF = Refusal(100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException")
THROUGHPUT = Refusal(
    130429,
    "(#130429) Rate limit hit",
    "Message failed to send because there were too many messages sent from this phone number in a short period of time",
    http=429,
)
PAIR_RATE = Refusal(
    131056,
    "(#131056) (Business Account, Consumer Account) pair rate limit hit",
    "Message failed to send because there were too many messages sent from this phone number to the same"
    " phone number in a short period of time",
    http=429,
)
INTERNAL = Refusal(
    131000, "(#131000) Something went wrong", "Message failed to send due to an unknown error.", http=500
)
UNKNOWN_PATH = Refusal(2500, "Unknown path components")

#: Codes a "429" fault may be asked for besides the default.
THROTTLES: Mapping[int, Refusal] = {
    0: THROUGHPUT,
    130429: THROUGHPUT,
    131056: PAIR_RATE,
    131048: Refusal(131048, "(#131048) Spam rate limit hit", "Too many earlier messages were blocked.", 429),
    80007: Refusal(80007, "(#80007) Rate limit issues", "The business account is at its limit.", 429),
    4: Refusal(4, "(#4) Application request limit reached", "The app is at its call rate limit.", 429),
}


def no_such_object(object_id: str, verb: str) -> Refusal:
    """An id in the path that does not exist, or that the token may not see."""
    return Refusal(
        100,
        f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation. Please read the Graph API documentation"
        " at https://developers.facebook.com/docs/graph-api",
        type="GraphMethodException",
        subcode=33,
    )


def invalid(details: str) -> Refusal:
    """Code 100: something in the request is missing or wrong."""
    return Refusal(100, f"(#100) {details}", details)


def to_response(refusal: Refusal) -> JSONResponse:
    """A refusal as Meta answers it over HTTP."""
    error: dict[str, Any] = {"message": refusal.message, "type": refusal.type, "code": refusal.code}
    if refusal.subcode is not None:
        error["error_subcode"] = refusal.subcode
    if refusal.details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": refusal.details}
    headers = {"Retry-After": str(refusal.retry_after)} if refusal.retry_after else None
    answer = {"error": error | {"fbtrace_id": "A" + secrets.token_urlsafe(16)}}
    return JSONResponse(answer, status_code=refusal.http, headers=headers)


def check_message(body: Mapping[str, Any]) -> Refusal | None:
    """Why Meta would refuse this body of `POST /messages`, or None when it would accept it."""
    kind = body.get("type", "text")
    if body.get("messaging_product") != "whatsapp":
        return invalid("The parameter messaging_product is required and must be whatsapp.")
    if not isinstance(kind, str) or kind not in TYPES:
        return invalid(f"Param type must be one of {{{', '.join(TYPES)}}}.")
    if not (body.get("to") or body.get("recipient")):
        return invalid("The parameter to is required.")
    if not all(isinstance(body.get(name) or "", str) for name in ("to", "recipient")):
        return invalid("Param to must be a string.")
    opaque = body.get("biz_opaque_callback_data", "")
    if not isinstance(opaque, str) or len(opaque) > MAX_OPAQUE:
        return invalid(f"Param biz_opaque_callback_data must be a string of at most {MAX_OPAQUE} characters.")
    content = body.get(kind)
    if not isinstance(content, list if kind == "contacts" else Mapping) or not content:
        return invalid(f"The parameter {kind} is required.")
    details = CHECKS[kind](content) if kind in CHECKS else ""
    return invalid(details) if details else None


def _text(content: Mapping[str, Any]) -> str:
    return _bounded("text['body']", content.get("body"), MAX_TEXT)


def _media(content: Mapping[str, Any]) -> str:
    if not (content.get("id") or content.get("link")):
        return "One of the parameters id or link is required."
    return _bounded("caption", content.get("caption", "-"), MAX_CAPTION)


def _location(content: Mapping[str, Any]) -> str:
    missing = [name for name in ("latitude", "longitude") if content.get(name) in (None, "")]
    return f"The parameter location['{missing[0]}'] is required." if missing else ""


def _reaction(content: Mapping[str, Any]) -> str:
    return "" if content.get("message_id") else "The parameter reaction['message_id'] is required."


def _template(content: Mapping[str, Any]) -> str:
    language = content.get("language")
    if not (isinstance(language, Mapping) and language.get("code")):
        return "The parameter template['language']['code'] is required."
    return _bounded("template['name']", content.get("name"), 512)


def _interactive(content: Mapping[str, Any]) -> str:
    body, action = content.get("body"), content.get("action")
    if not isinstance(action, Mapping):
        return "The parameter interactive['action'] is required."
    text = body.get("text") if isinstance(body, Mapping) else None
    if problem := _bounded("interactive['body']['text']", text, MAX_INTERACTIVE_BODY):
        return problem
    checks: Mapping[str, Callable[[Mapping[str, Any]], str]] = {"button": _buttons, "list": _rows}
    check = checks.get(str(content.get("type")))
    return check(action) if check else ""


def _buttons(action: Mapping[str, Any]) -> str:
    replies = [item.get("reply", {}) for item in action.get("buttons") or []]
    if not 1 <= len(replies) <= MAX_BUTTONS:
        return f"Number of buttons must be between 1 and {MAX_BUTTONS}."
    return _first(
        _bounded(f"button['{name}']", reply.get(name), most)
        for reply in replies
        for name, most in (("title", MAX_BUTTON_TITLE), ("id", MAX_BUTTON_ID))
    )


def _rows(action: Mapping[str, Any]) -> str:
    sections = action.get("sections") or []
    rows = [row for section in sections for row in section.get("rows") or []]
    if not 1 <= len(rows) <= MAX_ROWS:
        return f"Total row count must be between 1 and {MAX_ROWS}."
    if len(sections) > 1 and not all(section.get("title") for section in sections):
        return "Section titles are required when there is more than one section."
    limits = (("title", MAX_ROW_TITLE), ("description", MAX_ROW_DESCRIPTION))
    return _bounded("button", action.get("button"), MAX_BUTTON_TITLE) or _first(
        _bounded(f"row['{name}']", row.get(name, "-" if name == "description" else None), most)
        for row in rows
        for name, most in limits
    )


def _first(problems: Any) -> str:
    return next((problem for problem in problems if problem), "")


def _bounded(name: str, value: Any, most: int) -> str:
    if value is None or value == "":
        return f"The parameter {name} is required."
    if not isinstance(value, str):
        return f"Param {name} must be a string."
    return f"Param {name} must be at most {most} characters long." if len(value) > most else ""


CHECKS: Mapping[str, Callable[[Any], str]] = {
    "text": _text,
    **dict.fromkeys(MEDIA_TYPES, _media),
    "location": _location,
    "reaction": _reaction,
    "template": _template,
    "interactive": _interactive,
}
