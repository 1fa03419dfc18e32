"""What the scripted model answers: rules given by tests, and a plain default.

Owns the choice of the answer and the filling of a JSON schema; `model` makes HTTP of it.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.world.records import Unusable

#: Names of string properties that hold what the customer reads; the first one present gets the default text.
SPOKEN = ("reply", "answer", "text", "message", "content", "say")

DEFAULT_LENGTH = 240
ANYTHING = "*"


@dataclass
class Rule:
    """When the last user message matches `when`, answer `reply`.

    `when`: "*", a part of the message in any case, or a regular expression. `reply`: a text; an object,
    which becomes JSON; {"tool_calls": [{"name", "arguments"}]}; {"error": {"status", "code", "message"}}.
    `delay` in seconds; `times` is how often the rule holds, 0 = always. `echo` is a regular expression: what it
    finds in the messages since the last answer, joined, is said in place of the reply's "{echo}".
    """

    when: str
    reply: Any
    delay: float = 0.0
    times: int = 0
    echo: str = ""
    used: int = 0


@dataclass
class Call:
    """One request the model server got, as it came."""

    order: int
    at: float
    path: str
    body: Mapping[str, Any]
    status: int = 0
    rule: str | None = None
    answer: Any = field(default=None)


def check_rule(rule: Rule) -> Rule:
    """Refuse a rule that could never be matched. Raises Unusable."""
    try:
        re.compile("" if rule.when == ANYTHING else rule.when)
        re.compile(rule.echo)
    except re.error as error:
        raise Unusable(f"when {rule.when!r} or echo {rule.echo!r} is no regular expression: {error}.") from error
    return rule


def find_rule(rules: Iterable[Rule], messages: Sequence[Any]) -> Rule | None:
    """The first rule that holds for these messages, counted as used."""
    last = last_text(messages, "user")
    for rule in rules:
        if (not rule.times or rule.used < rule.times) and _matches(rule.when, last):
            rule.used += 1
            return rule
    return None


def _matches(when: str, text: str) -> bool:
    return when == ANYTHING or when.lower() in text.lower() or re.search(when, text, re.IGNORECASE) is not None


def said_by(rule: Rule, messages: Sequence[Any]) -> Any:
    """The rule's reply, with what it echoes put in."""
    if not rule.echo:
        return rule.reply
    found = " ".join(match for text in unanswered(messages) for match in re.findall(rule.echo, text))
    return _replaced(rule.reply, found)


def unanswered(messages: Sequence[Any]) -> list[str]:
    """What the user wrote since the assistant last spoke, oldest first."""
    texts: list[str] = []
    for message in reversed(messages):
        if not isinstance(message, Mapping) or message.get("role") != "user":
            break
        texts.append(last_text([message], "user"))
    return texts[::-1]


def _replaced(reply: Any, found: str) -> Any:
    if isinstance(reply, Mapping):
        return {name: _replaced(value, found) for name, value in reply.items()}
    return reply.replace("{echo}", found) if isinstance(reply, str) else reply


def last_text(messages: Sequence[Any], role: str) -> str:
    """Text of the last message of a role; content may be a string or a list of parts."""
    for message in reversed(messages):
        if isinstance(message, Mapping) and message.get("role") == role:
            content = message.get("content")
            if isinstance(content, str):
                return content
            parts = [part.get("text", "") for part in content or () if isinstance(part, Mapping)]
            return "\n".join(parts)
    return ""


def default_text(messages: Sequence[Any]) -> str:
    """What the model says when no rule holds: the first facts of the system message."""
    system = last_text(messages, "system") or last_text(messages, "developer") or "no instructions were given."
    facts = " ".join(system.split())
    cut = facts[:DEFAULT_LENGTH].rsplit(" ", 1)[0] + " …" if len(facts) > DEFAULT_LENGTH else facts
    return f"Scripted model: {cut}"


def shaped(text: str, response_format: Mapping[str, Any]) -> str:
    """The default text in the shape that was asked for: as it is, in a JSON object, or by a schema."""
    if response_format.get("type") == "json_object":
        return json.dumps({"reply": text})
    if response_format.get("type") == "json_schema":
        return json.dumps(with_text(schema_of(response_format), text))
    return text


def schema_of(response_format: Mapping[str, Any]) -> Mapping[str, Any]:
    """The JSON schema that was asked for; empty when none."""
    wrapped = response_format.get("json_schema")
    schema = wrapped.get("schema") if isinstance(wrapped, Mapping) else None
    return schema if isinstance(schema, Mapping) else {}


def with_text(schema: Mapping[str, Any], text: str) -> Any:
    """The emptiest value of a schema, with the text in the property a customer would read."""
    value = fill(schema, schema)
    if isinstance(value, dict):
        spoken = next((name for name in SPOKEN if isinstance(value.get(name), str)), None)
        return value | ({spoken: text} if spoken else {})
    return value


def fill(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """The emptiest value that a JSON schema allows, following references into `root`."""
    if "$ref" in schema:
        return fill(_follow(str(schema["$ref"]), root), root)
    if "const" in schema:
        return schema["const"]
    choices = schema.get("anyOf") or schema.get("oneOf")
    kinds = schema.get("type")
    if kinds == "null" or (isinstance(kinds, list) and "null" in kinds):
        return None
    if choices:
        return None if {"type": "null"} in choices else fill(choices[0], root)
    if schema.get("enum"):
        return schema["enum"][0]
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties", {})
        return {name: fill(properties.get(name, {}), root) for name in schema.get("required", [])}
    if kind == "array":
        return [fill(schema.get("items", {}), root) for _ in range(schema.get("minItems", 0))]
    return {"integer": schema.get("minimum", 0), "number": schema.get("minimum", 0), "boolean": False}.get(
        str(kind), ""
    )


def _follow(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    target: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        target = target.get(step, {}) if step and isinstance(target, Mapping) else target
    return target if isinstance(target, Mapping) else {}
