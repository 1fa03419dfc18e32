"""The control API under /sandbox: by it tests, tools and pages set up the world and act in it.

Owns the parsing of its requests; everything it does is a call into the module of that noun.
"""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.world import payloads, people
from sandbox.world.faults import Fault, activate
from sandbox.world.people import Utterance
from sandbox.world.records import Number, Person, Unusable, digits, read_record
from sandbox.world.script import Rule, check_rule
from sandbox.world.speech import SAYABLE
from sandbox.world.state import State, forget, state_of, touch
from sandbox.world.views import show_fault, show_number
from sandbox.world.webhooks import handshake, post

#: Fields of `say` that are not the thing that is said.
AROUND = {"to", "name", "wamid", "at", "context", "extra"}


async def register_number(request: Request) -> JSONResponse:
    """`POST /sandbox/numbers`: register a number; with `verify_token` the address must prove itself first."""
    state, data = state_of(request), await _object(request)
    verify_token = data.pop("verify_token", None)
    number = read_record(Number, data)
    if not (number.token and number.app_secret and number.phone_number_id.isdigit()):
        raise Unusable("A number needs a token, an app_secret and a phone_number_id of digits.")
    if verify_token is not None and (problem := await handshake(state, number.webhook_url, str(verify_token))):
        raise Unusable(f"The webhook address was not verified: {problem}.")
    state.numbers[number.phone_number_id] = number
    state.unsaved = True
    return JSONResponse(show_number(number))


async def change_number(request: Request) -> JSONResponse:
    """`PATCH /sandbox/numbers/{id}`: change some fields of a registered number."""
    state, data = state_of(request), await _object(request)
    before = find_number(state, request.path_params["id"])
    number = read_record(Number, {item.name: getattr(before, item.name) for item in fields(Number)} | data)
    state.numbers[before.phone_number_id] = replace(number, phone_number_id=before.phone_number_id)
    state.unsaved = True
    return JSONResponse(show_number(state.numbers[before.phone_number_id]))


async def add_person(request: Request) -> JSONResponse:
    """`POST /sandbox/people`: somebody gets WhatsApp, or changes."""
    state, data = state_of(request), await _object(request)
    if "has_phone" in data and not data["has_phone"]:
        data.setdefault("username", f"user.{digits(data.get('phone'))[-4:]}")
    person = read_record(Person, data | {"phone": digits(data.get("phone"))})
    if not person.phone or not person.name:
        raise Unusable("A person needs a phone with digits and a name.")
    state.people[person.phone] = person
    for number in state.numbers:
        touch(state, number, person.phone)
    return JSONResponse(vars(person) | {"user_id": person.user_id})


async def say(request: Request) -> JSONResponse:
    """`POST /sandbox/people/{phone}/say`: one person writes one thing to a number."""
    state, data = state_of(request), await _object(request)
    number = find_number(state, str(data.get("to", "")))
    kinds = [name for name in data if name not in AROUND]
    if len(kinds) != 1:
        raise Unusable(f"Say exactly one thing, one of {', '.join(SAYABLE)}.")
    phone = digits(request.path_params["phone"])
    person = state.people.setdefault(phone, Person(phone=phone, name=str(data.get("name") or f"+{phone}")))
    around = {name: data[name] for name in AROUND - {"to", "name"} if name in data}
    utterance = read_record(Utterance, {"kind": kinds[0], "value": data[kinds[0]]} | around)
    message = people.say(state, number, person, utterance)
    return JSONResponse({"wamid": message.wamid, "order": message.order})


async def echo(request: Request) -> JSONResponse:
    """`POST /sandbox/numbers/{id}/echo` {to, text}: the owner answers in the WhatsApp Business app."""
    state, data = state_of(request), await _object(request)
    number = find_number(state, request.path_params["id"])
    person = find_person(state, str(data.get("to", "")))
    if not isinstance(data.get("text"), str) or not data["text"]:
        raise Unusable("An echo needs a text.")
    return JSONResponse({"wamid": people.echo(state, number, person, data["text"]).wamid})


async def send_webhook(request: Request) -> JSONResponse:
    """`POST /sandbox/webhooks`: send any body once, signed right, wrong or not at all.

    Answers with the HTTP status it got. Fields: number; payload (JSON) or raw (text) or raw_base64;
    signature: right, wrong, none; url, headers.
    """
    state, data = state_of(request), await _object(request)
    number = find_number(state, str(data.get("number", "")))
    body, headers = _raw_body(data), data.get("headers") or {}
    signature = data.get("signature", "right")
    if signature not in SECRETS_BY_SIGNATURE:
        raise Unusable("signature must be right, wrong or none.")
    signed = payloads.signed_headers(body, number.app_secret + SECRETS_BY_SIGNATURE[signature])
    if signature == "none":
        del signed["X-Hub-Signature-256"]
    url = str(data.get("url") or number.webhook_url)
    attempt = await post(state, url, body, signed | dict(headers), number.webhook_timeout)
    return JSONResponse({"status": attempt.status, "detail": attempt.detail})


#: What is added to the app secret before signing.
SECRETS_BY_SIGNATURE = {"right": "", "wrong": "-of-another-app", "none": ""}


async def add_fault(request: Request) -> JSONResponse:
    """`POST /sandbox/faults`: put a fault into force."""
    active = activate(read_record(Fault, await _object(request)))
    state_of(request).faults.append(active)
    return JSONResponse(show_fault(active))


async def clear_faults(request: Request) -> JSONResponse:
    """`DELETE /sandbox/faults`: all is well again; requests that already hang keep hanging."""
    state_of(request).faults.clear()
    return JSONResponse({"faults": []})


async def script_model(request: Request) -> JSONResponse:
    """`POST /sandbox/model/script`: the rules of the scripted model, in place of those before."""
    state = state_of(request)
    given = await _json(request)
    if not isinstance(given, list):
        raise Unusable("A list of rules is needed: [{when, reply, delay, times}].")
    rules = [check_rule(read_record(Rule, item)) for item in given]
    state.rules[:] = rules
    return JSONResponse({"rules": len(rules)})


async def reset(request: Request) -> JSONResponse:
    """`POST /sandbox/reset`: an empty world; `keep_numbers` keeps numbers and people."""
    data = await _object(request) if await request.body() else {}
    forget(state_of(request), keep_numbers=data.get("keep_numbers") is True)
    await asyncio.sleep(0)  # let what was cancelled end before the caller goes on
    return JSONResponse({"reset": True})


def find_number(state: State, number: str) -> Number:
    """A registered number. Raises Unusable."""
    if number not in state.numbers:
        known = ", ".join(state.numbers) or "none yet"
        raise Unusable(f"No number {number!r} is registered here; registered: {known}.")
    return state.numbers[number]


def find_person(state: State, phone: str) -> Person:
    """A person the world knows. Raises Unusable."""
    if digits(phone) not in state.people:
        raise Unusable(f"Nobody has the phone {phone!r}; add them with POST /sandbox/people.")
    return state.people[digits(phone)]


def _raw_body(data: Mapping[str, Any]) -> bytes:
    if "payload" in data:
        return payloads.to_bytes(data["payload"])
    if isinstance(data.get("raw"), str):
        return str(data["raw"]).encode()
    try:
        return base64.b64decode(data.get("raw_base64", ""), validate=True)
    except (binascii.Error, TypeError) as error:
        raise Unusable("Give payload (JSON), raw (text) or raw_base64.") from error


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise Unusable(f"The body is no JSON: {error}.") from error


async def _object(request: Request) -> dict[str, Any]:
    data = await _json(request)
    if not isinstance(data, dict):
        raise Unusable("A JSON object is needed.")
    return data


ROUTES = [
    Route("/sandbox/numbers", register_number, methods=["POST"]),
    Route("/sandbox/numbers/{id}", change_number, methods=["PATCH"]),
    Route("/sandbox/numbers/{id}/echo", echo, methods=["POST"]),
    Route("/sandbox/people", add_person, methods=["POST"]),
    Route("/sandbox/people/{phone}/say", say, methods=["POST"]),
    Route("/sandbox/webhooks", send_webhook, methods=["POST"]),
    Route("/sandbox/faults", add_fault, methods=["POST"]),
    Route("/sandbox/faults", clear_faults, methods=["DELETE"]),
    Route("/sandbox/model/script", script_model, methods=["POST"]),
    Route("/sandbox/reset", reset, methods=["POST"]),
]
