"""What can be read of the world under /sandbox: ledger, deliveries, chats, faults, model calls.

Owns the JSON shapes of these answers. Nothing here changes anything.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from sandbox.world.faults import GRAPH_KINDS, MODEL_KINDS, ActiveFault
from sandbox.world.records import Delivery, Number, digits, formatted, now
from sandbox.world.state import State, state_of, thread_of, threads_of

#: How many messages of a chat a phone shows; how often a quiet stream says that it is alive, in seconds.
SHOWN = 300
HEARTBEAT = 5.0


def show_number(number: Number) -> dict[str, Any]:
    """A number without its secrets."""
    return {name: value for name, value in asdict(number).items() if name not in ("token", "app_secret")}


def show_fault(active: ActiveFault) -> dict[str, Any]:
    """A fault in force and how often it struck."""
    return asdict(active.fault) | {"caused": active.caused}


def show_delivery(delivery: Delivery) -> dict[str, Any]:
    """A webhook and every attempt to deliver it."""
    return asdict(delivery) | {
        "done": delivery.done,
        "statuses": [attempt.status for attempt in delivery.attempts],
    }


def duplicates_of(state: State) -> list[str]:
    """Opaque keys that were accepted more than once, in the order of their first acceptance."""
    seen = Counter(line.opaque for line in state.ledger if line.opaque is not None)
    return [key for key, times in seen.items() if times > 1]


async def numbers(request: Request) -> JSONResponse:
    """`GET /sandbox/numbers`."""
    return JSONResponse({"numbers": [show_number(number) for number in state_of(request).numbers.values()]})


async def people(request: Request) -> JSONResponse:
    """`GET /sandbox/people`."""
    listed = [vars(person) | {"user_id": person.user_id} for person in state_of(request).people.values()]
    return JSONResponse({"people": listed})


async def ledger(request: Request) -> JSONResponse:
    """`GET /sandbox/ledger?number=&after=`: accepted messages after an order, and duplicates of all time."""
    state, number, after = state_of(request), request.query_params.get("number"), _after(request)
    lines = [asdict(line) for line in state.ledger if line.order > after and (not number or line.number == number)]
    return JSONResponse({"accepted": lines, "duplicates": duplicates_of(state)})


async def tried(request: Request) -> JSONResponse:
    """`GET /sandbox/tried?number=&after=`: every send that reached the Graph API, and what became of it."""
    state, number, after = state_of(request), request.query_params.get("number"), _after(request)
    lines = [asdict(line) for line in state.tried if line.order > after and (not number or line.number == number)]
    return JSONResponse({"tried": lines})


async def deliveries(request: Request) -> JSONResponse:
    """`GET /sandbox/deliveries?number=&wamid=&after=`: webhooks that were sent, oldest first."""
    state, after = state_of(request), _after(request)
    wanted = {name: request.query_params.get(name) for name in ("number", "wamid")}
    found = [
        item
        for item in state.deliveries
        if item.order > after and all(getattr(item, name) == value for name, value in wanted.items() if value)
    ]
    return JSONResponse({"deliveries": [show_delivery(item) for item in found]})


async def messages(request: Request) -> JSONResponse:
    """`GET /sandbox/people/{phone}/messages?number=&after=`: what the phone shows, oldest first."""
    state, number, after = state_of(request), request.query_params.get("number"), _after(request)
    found = [
        message
        for thread in threads_of(state, digits(request.path_params["phone"]))
        for message in thread.messages
        if message.order > after and (not number or message.number == number)
    ]
    found.sort(key=lambda message: message.order)
    return JSONResponse({"messages": [asdict(message) for message in found]})


async def faults(request: Request) -> JSONResponse:
    """`GET /sandbox/faults`: those in force, and the kinds there are."""
    active = [show_fault(item) for item in state_of(request).faults]
    return JSONResponse({"faults": active, "kinds": {"graph": GRAPH_KINDS, "model": MODEL_KINDS}})


async def model_calls(request: Request) -> JSONResponse:
    """`GET /sandbox/model/calls?after=`: requests the model server got, whole."""
    after = _after(request)
    return JSONResponse({"calls": [asdict(call) for call in state_of(request).calls if call.order > after]})


async def overview(request: Request) -> JSONResponse:
    """`GET /sandbox/overview`: what the index page shows."""
    state = state_of(request)
    return JSONResponse(
        {
            "numbers": [show_number(number) for number in state.numbers.values()],
            "people": [vars(person) for person in state.people.values()],
            "counts": {
                "accepted": len(state.ledger),
                "duplicates": len(duplicates_of(state)),
                "webhooks": len(state.deliveries),
                "undelivered": sum(1 for item in state.deliveries if item.attempts and not item.done),
                "model_calls": len(state.calls),
            },
            "faults": [show_fault(item) for item in state.faults],
            "ledger": [asdict(line) for line in state.ledger[-12:]],
        }
    )


async def chat_events(request: Request) -> StreamingResponse:
    """`GET /sandbox/chats/{number}/{phone}/events`: the chat as server-sent events, whole at every change."""
    state, key = state_of(request), (request.path_params["number"], digits(request.path_params["phone"]))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(state, key), media_type="text/event-stream", headers=headers)


async def _stream(state: State, key: tuple[str, str]) -> AsyncIterator[str]:
    changed, before = asyncio.Event(), ""
    state.watchers.setdefault(key, set()).add(changed)
    try:
        while not state.closing.is_set():
            changed.clear()
            shown = json.dumps(_chat(state, *key))
            yield f"data: {shown}\n\n" if shown != before else ": still here\n\n"
            before = shown
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), HEARTBEAT)
    finally:
        state.watchers[key].discard(changed)


def _chat(state: State, number: str, phone: str) -> dict[str, Any]:
    business, person, thread = (
        state.numbers.get(number),
        state.people.get(phone),
        thread_of(state, number, phone),
    )
    name = (business.verified_name or business.display_phone_number) if business else "Unknown number"
    display = formatted(business.display_phone_number) if business else ""
    return {
        "business": {"name": name, "number": display, "known": business is not None},
        "person": {"name": person.name if person else f"+{phone}", "phone": phone},
        "typing": thread.typing_until > now(),
        "messages": [asdict(message) for message in thread.messages[-SHOWN:]],
    }


def _after(request: Request) -> int:
    given = request.query_params.get("after", "0")
    return int(given) if given.isdigit() else 0


ROUTES = [
    Route("/sandbox/numbers", numbers, methods=["GET"]),
    Route("/sandbox/people", people, methods=["GET"]),
    Route("/sandbox/people/{phone}/messages", messages, methods=["GET"]),
    Route("/sandbox/ledger", ledger, methods=["GET"]),
    Route("/sandbox/tried", tried, methods=["GET"]),
    Route("/sandbox/deliveries", deliveries, methods=["GET"]),
    Route("/sandbox/faults", faults, methods=["GET"]),
    Route("/sandbox/model/calls", model_calls, methods=["GET"]),
    Route("/sandbox/overview", overview, methods=["GET"]),
    Route("/sandbox/chats/{number}/{phone}/events", chat_events, methods=["GET"]),
]
