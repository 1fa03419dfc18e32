"""The cast of these tests: one running world, a receiver in the place of the product, Nora's number, Ada and Ben."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from sandbox.world.client import World
from sandbox.world.records import Number
from tests.clocks import PATIENCE
from tests.sandbox.world.receiver import Receiver, receiving
from tests.sandbox.world.running import running

ADA, BEN, NOBODY = "14155550101", "5215512345678", "19995550000"
TOKEN, APP_SECRET = "EAAG-token", "app-secret"


@dataclass(frozen=True)
class Graph:
    """The Graph API as the product calls it."""

    url: str
    number: str
    http: httpx2.Client

    def post(
        self, body: Any, *, token: str | None = TOKEN, number: str = "", version: str = "v26.0"
    ) -> httpx2.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        path = f"{self.url}/{version}/{number or self.number}/messages"
        return self.http.post(path, json=body, headers=headers)

    def send(self, to: str = ADA, text: Any = "Hello", **more: Any) -> httpx2.Response:
        body = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text"}
        return self.post(body | {"text": {"body": text}} | more)

    def accepted(self, to: str = ADA, text: str = "Hello", **more: Any) -> str:
        """Send a text that must be accepted; its wamid."""
        answer = self.send(to, text, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["messages"][0]["id"])


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    with running() as world:
        yield world


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def world(running_world: World) -> Iterator[World]:
    running_world.reset()
    yield running_world
    running_world.reset()


@pytest.fixture
def number(world: World, receiver: Receiver) -> Number:
    """Registered, quick in its reports; Ada has written to it, Ben has not."""
    number = Number(
        phone_number_id="106540352242922",
        display_phone_number="+1 415-555-2671",
        waba_id="102290129340398",
        token=TOKEN,
        app_secret=APP_SECRET,
        webhook_url=receiver.url,
        verified_name="Nora's Bakery",
        sent_after=0.01,
        delivered_after=0.02,
        read_after=0.03,
        retry_first=0.05,
        retry_cap=0.1,
    )
    world.register_number(number)
    world.add_person(ADA, "Ada Lovelace")
    world.add_person(BEN, "Ben Ávila")
    world.say(ADA, number.phone_number_id, "Good morning")
    receiver.messages()
    receiver.received.clear()
    return number


@pytest.fixture
def graph(world: World, number: Number) -> Iterator[Graph]:
    with httpx2.Client(timeout=PATIENCE) as http:
        yield Graph(world.url, number.phone_number_id, http)
