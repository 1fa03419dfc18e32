"""Webhooks on their way out: in order within a chat, several chats at once, tried again until answered 200.

Owns delivery and redelivery. The first attempts of one chat go out one after the other; a redelivery
waits by itself and blocks nobody, as with Meta.
"""

import asyncio
from collections import deque
from typing import Any

import httpx2

from sandbox.world import payloads
from sandbox.world.faults import draw
from sandbox.world.records import Attempt, Delivery, Number, now
from sandbox.world.state import State, next_order, spawn, touch

REORDER_SECONDS = 1.0

#: Enough for 200 messages a second with three statuses each; more only queues up at the receiver.
LIMITS = httpx2.Limits(max_connections=32, max_keepalive_connections=32)


def new_client() -> httpx2.AsyncClient:
    """The client all webhooks leave by. Loopback only, so proxies of the environment are not asked."""
    return httpx2.AsyncClient(limits=LIMITS, timeout=httpx2.Timeout(10.0, pool=None), trust_env=False)


def queue_webhook(state: State, number: Number, person: str, label: str, payload: Any, *, wamid: str = "") -> Delivery:
    """Send a webhook in the background, after those of the same chat that were queued before it."""
    body = payloads.to_bytes(payload).decode()
    delivery = Delivery(next_order(state), number.phone_number_id, person, label, body, wamid)
    if label.startswith("status:") and draw(state.faults, number.phone_number_id, {"drop_status"}):
        return delivery
    state.deliveries.append(delivery)
    if disorder := draw(state.faults, number.phone_number_id, {"reorder"}):
        delay = disorder.chance.uniform(0, disorder.fault.seconds or REORDER_SECONDS)
        spawn(state, _deliver_later(state, delivery, delay))
        return delivery
    key = (number.phone_number_id, person)
    lane = state.lanes.setdefault(key, deque())
    lane.append(delivery)
    if len(lane) == 1:
        spawn(state, _drain(state, key, lane))
    return delivery


async def _drain(state: State, key: tuple[str, str], lane: deque[Delivery]) -> None:
    while lane:
        await _deliver(state, lane[0])
        lane.popleft()
    if state.lanes.get(key) is lane:
        del state.lanes[key]


async def _deliver_later(state: State, delivery: Delivery, delay: float) -> None:
    await asyncio.sleep(delay)
    await _deliver(state, delivery)


async def _deliver(state: State, delivery: Delivery) -> None:
    number = state.numbers.get(delivery.number)
    if number is None or not number.webhook_url:
        return
    await _attempt(state, number, delivery)
    if not delivery.done:
        spawn(state, _redeliver(state, delivery))


async def _redeliver(state: State, delivery: Delivery) -> None:
    """Try again with growing pauses until it is answered 200, the number is gone or the world closes."""
    wait = 0.0
    while not delivery.done and (number := state.numbers.get(delivery.number)):
        wait = min(number.retry_cap, wait * 2 or number.retry_first)
        await asyncio.sleep(wait)
        # Read again: the address may have been corrected while this one waited.
        await _attempt(state, state.numbers.get(delivery.number, number), delivery)


async def _attempt(state: State, number: Number, delivery: Delivery) -> None:
    doubled = draw(state.faults, number.phone_number_id, {"duplicate"})
    body = delivery.body.encode()
    headers = payloads.signed_headers(body, number.app_secret)
    copies = doubled.fault.times if doubled else 1
    delivery.attempts += await asyncio.gather(
        *(post(state, number.webhook_url, body, headers, number.webhook_timeout) for _ in range(copies))
    )
    written = state.by_wamid.get(delivery.wamid)
    if written is not None and written.state == "sending" and delivery.done:
        written.state = "sent"
        touch(state, delivery.number, delivery.person)


async def post(state: State, url: str, body: bytes, headers: dict[str, str], patience: float) -> Attempt:
    """POST bytes as they are. Never raises for the network: no answer within `patience` seconds is status 0."""
    at = now()
    try:
        async with asyncio.timeout(patience):
            answer = await state.client.post(url, content=body, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError) as error:
        return Attempt(at, 0, f"{type(error).__name__}: {error}")
    return Attempt(at, answer.status_code, "" if answer.status_code == 200 else answer.text[:300])


async def handshake(state: State, url: str, verify_token: str) -> str:
    """Meta's GET that proves who owns an address. Returns "" when that was proven, else what went wrong."""
    challenge = str(next_order(state) * 7919 + 1158201444)
    query = {"hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": challenge}
    try:
        answer = await state.client.get(url, params=query)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"{url} could not be reached ({type(error).__name__}: {error})"
    if answer.status_code != 200 or answer.text != challenge:
        return f"{url} answered {answer.status_code} with {answer.text[:100]!r} instead of the challenge"
    return ""
