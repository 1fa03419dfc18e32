"""What the OpenAPI document says of refusals, which every operation shares."""

from typing import Any

from apps.core.api import PROBLEM

#: Which operations answer so: all, those with a body, those that name a row.
_REFUSALS = {
    "400": "Something in the request is not right; `errors` says what, by field.",
    "401": "No key, or one that opens nothing.",
    "403": "The key does not have the scope.",
    "404": "There is no such row in the key's workspace.",
    "409": "It does not fit what is there now.",
    "429": "Too many requests of this key here; see Retry-After.",
}
_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do, for people."},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "What is wrong, by field.",
        },
    },
}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Drf-spectacular's hook: adds the problem document to every operation that can answer with it."""
    result["components"].setdefault("schemas", {})["Problem"] = _SCHEMA
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for code in _codes(path, method, operation):
                operation["responses"].setdefault(code, {"description": _REFUSALS[code], "content": content})
    return result


def _codes(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    absent = {"404"} if "{" not in path else set()
    if method == "get":
        asked = [parameter for parameter in operation.get("parameters", ()) if parameter["in"] == "query"]
        absent |= {"409"} | ({"400"} if not asked else set())
    return [code for code in _REFUSALS if code not in absent]
