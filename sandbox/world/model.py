"""A model server that speaks OpenAI's protocol: chat completions, embeddings, models.

Owns the HTTP face; what is said comes from `script`, vectors from `embedding`. Shapes and errors are those
of OpenAI's API reference. Answers are never streamed.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.world import script
from sandbox.world.completions import completion, message_for, tokens
from sandbox.world.connections import hang, reset
from sandbox.world.embedding import SIZES, embed, to_base64
from sandbox.world.faults import MODEL, ActiveFault, draw
from sandbox.world.records import now
from sandbox.world.script import Call
from sandbox.world.state import State, next_order, state_of

REFUSED_KEY = "sk-invalid"
MODELS = ("scripted-1", *SIZES)
MAX_INPUTS = 2048
SLOW_SECONDS = 3.0

Answer = tuple[int, dict[str, Any]]


async def chat(request: Request) -> Response:
    """`POST /v1/chat/completions`."""
    return await _serve(request, "chat", _chat)


async def embeddings(request: Request) -> Response:
    """`POST /v1/embeddings`."""
    return await _serve(request, "embeddings", _embeddings)


async def models(request: Request) -> Response:
    """`GET /v1/models`."""
    if refused := _refuse_key(request):
        return _response(refused)
    listed = [{"id": name, "object": "model", "created": 1735689600, "owned_by": "sandbox"} for name in MODELS]
    return JSONResponse({"object": "list", "data": listed})


async def unknown_path(request: Request) -> Response:
    """Anything else under /v1."""
    text = f"Invalid URL ({request.method} {request.url.path})"
    return _response(error(404, text, code="unknown_url"))


def error(status: int, message: str, *, code: str | None, kind: str = "invalid_request_error") -> Answer:
    """An error in OpenAI's shape."""
    return status, {"error": {"message": message, "type": kind, "param": None, "code": code}}


async def _serve(request: Request, on: str, act: Callable[[State, Call], Awaitable[Answer]]) -> Response:
    state = state_of(request)
    if refused := _refuse_key(request):
        return _response(refused)
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, Mapping):
        return _response(error(400, "We could not parse the JSON body of your request.", code=None))
    call = Call(next_order(state), now(), request.url.path, body)
    state.calls.append(call)
    if slow := draw(state.faults, MODEL, {"slow"}, on):
        await asyncio.sleep(slow.fault.seconds or SLOW_SECONDS)
    if fault := draw(state.faults, MODEL, {"429", "401", "5xx", "hang", "reset"}, on):
        return await _fail(request, call, fault)
    call.status, call.answer = answer = await act(state, call)
    return _response(answer)


def _response(answer: Answer) -> JSONResponse:
    return JSONResponse(answer[1], status_code=answer[0], headers={"x-request-id": f"req_{secrets.token_hex(16)}"})


def _refuse_key(request: Request) -> Answer | None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        return error(401, "You didn't provide an API key.", code=None)
    if key.strip() == REFUSED_KEY:
        return error(401, "Incorrect API key provided.", code="invalid_api_key")
    return None


async def _fail(request: Request, call: Call, active: ActiveFault) -> Response:
    fault = active.fault
    if fault.kind == "hang":
        return await hang(request, fault.seconds)
    if fault.kind == "reset":
        return reset(request)
    answers = {
        "429": error(429, "Rate limit reached for requests.", code="rate_limit_exceeded", kind="requests"),
        "401": error(401, "Incorrect API key provided.", code="invalid_api_key"),
        "5xx": error(500, "The server had an error while processing your request.", code=None, kind="server_error"),
    }
    call.status, call.answer = answers[fault.kind]
    response = _response(answers[fault.kind])
    if fault.retry_after:
        response.headers["retry-after"] = str(fault.retry_after)
    return response


async def _chat(state: State, call: Call) -> Answer:
    body, messages = call.body, call.body.get("messages")
    if not isinstance(messages, list) or not messages or not isinstance(body.get("model"), str):
        return error(400, "Missing required parameter: 'model' and 'messages' are needed.", code="missing_parameter")
    if body.get("stream"):
        return error(400, "This server does not stream; set 'stream' to false.", code="unsupported_value")
    rule = script.find_rule(state.rules, messages)
    if rule is not None:
        call.rule = rule.when
        await asyncio.sleep(rule.delay)
    asked = body.get("response_format")
    message = message_for(
        script.said_by(rule, messages) if rule else None, messages, asked if isinstance(asked, Mapping) else {}
    )
    if "error" in message:
        given = message["error"]
        kind = "server_error" if int(given.get("status", 500)) >= 500 else "invalid_request_error"
        text = str(given.get("message", "Scripted error."))
        return error(int(given.get("status", 500)), text, code=given.get("code"), kind=kind)
    return 200, completion(body, _spoiled(state, message))


def _spoiled(state: State, message: dict[str, Any]) -> dict[str, Any]:
    fault = draw(state.faults, MODEL, {"bad_json", "empty"}, "chat")
    if fault is None:
        return message
    if fault.fault.kind == "empty":
        return {"content": ""}
    broken = '{"reply": "cut o'
    calls = [item | {"function": item["function"] | {"arguments": broken}} for item in message.get("tool_calls", [])]
    return {"content": message["content"], "tool_calls": calls} if calls else {"content": broken}


async def _embeddings(state: State, call: Call) -> Answer:
    given, size = call.body.get("input"), call.body.get("dimensions")
    texts = _texts(given)
    name = str(call.body.get("model", ""))
    if not name or not texts or not all(texts) or len(texts) > MAX_INPUTS:
        text = f"'model' and 'input' are needed; input is 1 to {MAX_INPUTS} texts, none of them empty."
        return error(400, text, code=None)
    if size is not None and (not isinstance(size, int) or not 1 <= size <= max(SIZES.values())):
        return error(400, f"'dimensions' must be between 1 and {max(SIZES.values())}.", code=None)
    length = size or SIZES.get(name, next(iter(SIZES.values())))
    vectors = await asyncio.to_thread(lambda: [embed(text, length) for text in texts])
    coded: list[Any] = vectors if call.body.get("encoding_format") != "base64" else [*map(to_base64, vectors)]
    data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(coded)]
    used = sum(tokens(text) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return 200, {"object": "list", "data": data, "model": name, "usage": usage}


def _texts(given: Any) -> list[str]:
    if isinstance(given, str):
        return [given]
    if not isinstance(given, list):
        return []
    if given and all(isinstance(item, int) for item in given):  # one text as tokens
        return [" ".join(map(str, given))]
    return [item if isinstance(item, str) else " ".join(map(str, item)) for item in given]


ROUTES = [
    Route("/v1/chat/completions", chat, methods=["POST"]),
    Route("/v1/embeddings", embeddings, methods=["POST"]),
    Route("/v1/models", models, methods=["GET"]),
    Route("/v1/{path:path}", unknown_path, methods=["GET", "POST"]),
]
