"""Meta's Graph API as far as a WhatsApp number needs it: messages, the number itself, subscriptions.

Owns the HTTP face only: token, path, faults, answer. Any version that looks like one is served.
"""

import asyncio
import hashlib
import hmac
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.world import refusals
from sandbox.world.connections import hang, reset
from sandbox.world.faults import ActiveFault, draw
from sandbox.world.records import Accepted, Number, now
from sandbox.world.refusals import Refusal, to_response
from sandbox.world.sending import accept, note, recipient_of
from sandbox.world.state import State, state_of, touch
from sandbox.world.webhooks import handshake

VERSION = re.compile(r"v[0-9]+\.[0-9]+")
TYPING_SECONDS = 25.0
SLOW_SECONDS = 3.0

BEFORE = {"429", "401", "5xx", "hang_before", "reset_before"}
AFTER = {"5xx_after", "hang_after", "reset_after", "slow_after"}


async def messages(request: Request) -> Response:
    """`POST /{version}/{phone_number_id}/messages`: send a message, or mark one as read and show typing."""
    state, number = state_of(request), _number(request)
    if isinstance(number, Refusal):
        return to_response(number)
    body = await _body(request)
    on = "signals" if body.get("status") == "read" else "messages"
    if slow := draw(state.faults, number.phone_number_id, {"slow"}, on):
        await asyncio.sleep(slow.fault.seconds or SLOW_SECONDS)
    if fault := draw(state.faults, number.phone_number_id, BEFORE, on):
        note(state, number, body, fault.fault.kind, accepted=False)
        return await _fail(request, fault)
    answer = _read(state, number, body) if on == "signals" else _send(state, number, body)
    if isinstance(answer, Refusal):
        note(state, number, body, str(answer.code), accepted=False)
        return to_response(answer)
    fault = draw(state.faults, number.phone_number_id, AFTER, on)
    note(state, number, body, fault.fault.kind if fault else "accepted", accepted=True)
    return JSONResponse(answer) if fault is None else await _fail(request, fault, answer)


async def show_number(request: Request) -> Response:
    """`GET /{version}/{phone_number_id}`: what Meta shows of a number, all fields or those asked for."""
    number = _number(request)
    if isinstance(number, Refusal):
        return to_response(number)
    shown = {
        "verified_name": number.verified_name,
        "display_phone_number": number.display_phone_number,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "id": number.phone_number_id,
    }
    wanted = request.query_params.get("fields")
    names = {"id", *wanted.split(",")} if wanted else set(shown)
    return JSONResponse({name: value for name, value in shown.items() if name in names})


async def subscribed_apps(request: Request) -> Response:
    """`/{version}/{waba_id}/subscribed_apps`; with `override_callback_uri` the webhook address changes."""
    state, waba_id = state_of(request), request.path_params["id"]
    refused = _refuse_token(request)
    if refused is None and waba_id not in {number.waba_id for number in state.numbers.values()}:
        refused = refusals.no_such_object(waba_id, request.method.lower())
    if refused is not None:
        return to_response(refused)
    if request.method == "GET":
        app = {"id": "1", "name": "Sandbox", "link": str(request.base_url)}
        return JSONResponse({"data": [{"whatsapp_business_api_data": app}]})
    body = await _body(request) if request.method == "POST" else {}
    if url := body.get("override_callback_uri"):
        if problem := await handshake(state, str(url), str(body.get("verify_token", ""))):
            return to_response(Refusal(2200, f"(#2200) Callback verification failed: {problem}"))
        for number in [number for number in state.numbers.values() if number.waba_id == waba_id]:
            state.numbers[number.phone_number_id] = replace(number, webhook_url=str(url))
        state.unsaved = True
    return JSONResponse({"success": True})


async def unknown_path(request: Request) -> Response:
    """Anything else, as the Graph API answers it."""
    refusal = refusals.UNKNOWN_PATH
    return to_response(replace(refusal, message=f"{refusal.message}: {request.url.path}"))


def _number(request: Request) -> Number | Refusal:
    """The number that the path names and the token may use, or the refusal."""
    refused = _refuse_token(request)
    if refused is not None:
        return refused
    number = state_of(request).numbers.get(request.path_params["id"])
    if number is None:
        return refusals.no_such_object(request.path_params["id"], request.method.lower())
    return number if number.token == _token(request) else refusals.NO_TOKEN


def _refuse_token(request: Request) -> Refusal | None:
    if not VERSION.fullmatch(request.path_params["version"]):
        return replace(refusals.UNKNOWN_PATH, message=f"Unknown path components: {request.url.path}")
    token = _token(request)
    numbers = [number for number in state_of(request).numbers.values() if number.token == token]
    if not (token and numbers):
        return refusals.NO_TOKEN
    proof = request.query_params.get("appsecret_proof")
    if proof is not None and proof not in {_proof(number) for number in numbers}:
        return refusals.BAD_PROOF
    return None


def _proof(number: Number) -> str:
    """Meta's `appsecret_proof`: the token, signed with the app's secret."""
    return hmac.new(number.app_secret.encode(), number.token.encode(), hashlib.sha256).hexdigest()


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _body(request: Request) -> Mapping[str, Any]:
    # What is no JSON object is to Meta a request without parameters.
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


async def _fail(request: Request, active: ActiveFault, answer: Mapping[str, Any] | None = None) -> Response:
    """What the fault makes of an answer; None: the request was not carried out."""
    fault = active.fault
    if fault.kind == "slow_after":
        await asyncio.sleep(fault.seconds or SLOW_SECONDS)
        return JSONResponse(answer)
    if fault.kind.startswith("hang"):
        return await hang(request, fault.seconds)
    if fault.kind.startswith("reset"):
        return reset(request)
    answers = {"401": refusals.EXPIRED_TOKEN, "5xx": refusals.INTERNAL, "5xx_after": refusals.INTERNAL}
    refusal = answers.get(fault.kind) or refusals.THROTTLES.get(fault.code, refusals.THROUGHPUT)
    return to_response(replace(refusal, retry_after=fault.retry_after))


def _read(state: State, number: Number, body: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    """Blue ticks on the person's phone, and dots when a typing indicator is asked for."""
    if body.get("messaging_product") != "whatsapp":
        return refusals.invalid("The parameter messaging_product is required and must be whatsapp.")
    read = state.by_wamid.get(str(body.get("message_id")))
    if read is None or read.number != number.phone_number_id or read.direction != "to_business":
        if number.any_recipient:
            return {"success": True}
        return refusals.invalid("Param message_id must be the id of a message that this number received.")
    thread = state.threads[(read.number, read.person)]
    for message in thread.messages:
        if message.direction == "to_business" and message.order <= read.order:
            message.state = "read"
    if body.get("typing_indicator"):
        thread.typing_until = now() + TYPING_SECONDS
    touch(state, read.number, read.person)
    return {"success": True}


def _send(state: State, number: Number, body: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    refusal = refusals.check_message(body) or _over_limit(state, number, body)
    if refusal is not None:
        return refusal
    return _answer(state, number, body, accept(state, number, body))


def _over_limit(state: State, number: Number, body: Mapping[str, Any]) -> Refusal | None:
    """Spend one message of the number's rate and of the pair's, or say which of them is used up."""
    at, recent = now(), state.sent_at.setdefault(number.phone_number_id, deque())
    while recent and recent[0] <= at - 1:
        recent.popleft()
    if number.per_second and len(recent) >= number.per_second:
        return refusals.THROUGHPUT
    pair = (number.phone_number_id, str(body.get("to") or body.get("recipient")))
    if number.pair_seconds and at - state.paired_at.get(pair, 0.0) < number.pair_seconds:
        return refusals.PAIR_RATE
    recent.append(at)
    state.paired_at[pair] = at
    return None


def _answer(state: State, number: Number, body: Mapping[str, Any], line: Accepted) -> dict[str, Any]:
    person = recipient_of(state, number, body)
    contact: dict[str, Any] = {"input": line.to}
    if body.get("to"):
        contact["wa_id"] = person.phone if person else line.to.lstrip("+")
    if person is not None:
        contact["user_id"] = person.user_id
    sent = {"id": line.wamid} | ({"message_status": "accepted"} if line.type == "template" else {})
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [sent]}


ROUTES = [
    Route("/{version}/{id}/messages", messages, methods=["POST"]),
    Route("/{version}/{id}/subscribed_apps", subscribed_apps, methods=["GET", "POST", "DELETE"]),
    Route("/{version}/{id}", show_number, methods=["GET"]),
    Route("/{path:path}", unknown_path, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
]
