"""A chat completion in OpenAI's shape, made of what the script says.

Owns the message (text, tool calls, JSON that satisfies a schema) and the usage figures. Pure functions.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.world import script
from sandbox.world.records import now

CHARACTERS_PER_TOKEN = 4  # the usual rule of thumb


def message_for(reply: Any, messages: Sequence[Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The assistant's message for a scripted reply, or for none; {"error": …} when the script wants one."""
    if reply is None:
        return {"content": script.shaped(script.default_text(messages), asked)}
    if isinstance(reply, str):
        return {"content": reply}
    if isinstance(reply, Mapping) and set(reply) == {"error"}:
        return {"error": reply["error"]}
    if isinstance(reply, Mapping) and set(reply) <= {"tool_calls", "content"} and "tool_calls" in reply:
        return {
            "content": reply.get("content"),
            "tool_calls": [_tool_call(item) for item in reply["tool_calls"]],
        }
    # What a scripted object leaves out is filled in, so that it satisfies the schema that was asked for.
    empty = script.fill(script.schema_of(asked), script.schema_of(asked)) or {}
    whole = empty | reply if isinstance(reply, dict) and isinstance(empty, dict) else reply
    return {"content": json.dumps(whole, ensure_ascii=False)}


def _tool_call(item: Mapping[str, Any]) -> dict[str, Any]:
    arguments = item.get("arguments", {})
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    function = {"name": item["name"], "arguments": text}
    return {"id": item.get("id") or f"call_{secrets.token_hex(12)}", "type": "function", "function": function}


def completion(body: Mapping[str, Any], message: dict[str, Any]) -> dict[str, Any]:
    """The whole answer to a request, with usage figures."""
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    whole = {"role": "assistant", "refusal": None} | message
    prompt, said = tokens(body["messages"]), tokens(message)
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion",
        "created": int(now()),
        "model": body["model"],
        "choices": [{"index": 0, "message": whole, "logprobs": None, "finish_reason": reason}],
        "usage": {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said},
    }


def tokens(value: Any) -> int:
    """About how many tokens something is, at least 1."""
    return max(1, len(json.dumps(value, ensure_ascii=False)) // CHARACTERS_PER_TOKEN)
