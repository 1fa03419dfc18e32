"""Webhooks leave in order, are tried again until they are answered 200, and are all written down."""

import time

from sandbox.world.client import World
from sandbox.world.records import Number
from tests.clocks import PATIENCE
from tests.sandbox.world.conftest import ADA, BEN
from tests.sandbox.world.receiver import Receiver


def texts(receiver: Receiver, count: int) -> list[str]:
    return [item.value["messages"][0]["text"]["body"] for item in receiver.messages(count)]


def wait_done(world: World, wamid: str) -> list[int]:
    deadline = time.monotonic() + PATIENCE
    while True:
        (delivery,) = world.deliveries(wamid=wamid)
        if delivery["done"]:
            return list(delivery["statuses"])
        assert time.monotonic() < deadline, delivery
        time.sleep(0.02)


def test_messages_of_one_chat_arrive_in_the_order_they_were_said(
    world: World, number: Number, receiver: Receiver
) -> None:
    for index in range(30):
        world.say(ADA, number.phone_number_id, str(index))
    assert texts(receiver, 30) == [str(index) for index in range(30)]


def test_a_refused_webhook_is_sent_again_until_it_is_taken(world: World, number: Number, receiver: Receiver) -> None:
    receiver.answers = [503, 500, 403]
    wamid = world.say(ADA, number.phone_number_id, "Are you there?")
    assert wait_done(world, wamid) == [503, 500, 403, 200]
    bodies = {item.body for item in receiver.messages(4)}
    assert len(bodies) == 1  # the same bytes each time
    assert len(receiver.received) == 4


def test_a_redelivery_blocks_nobody(world: World, number: Number, receiver: Receiver) -> None:
    world.change_number(number.phone_number_id, retry_first=3.0, retry_cap=3.0)
    receiver.answers = [503]
    world.say(ADA, number.phone_number_id, "first")
    world.say(ADA, number.phone_number_id, "second")
    world.say(BEN, number.phone_number_id, "third")
    assert texts(receiver, 4)[3] == "first"
    assert sorted(texts(receiver, 4)) == ["first", "first", "second", "third"]


def test_a_server_that_is_down_gets_it_later(world: World, number: Number, receiver: Receiver) -> None:
    world.change_number(number.phone_number_id, webhook_url="http://127.0.0.1:9/")
    wamid = world.say(ADA, number.phone_number_id, "Good night")
    time.sleep(0.2)
    assert receiver.received == []
    assert world.messages_of(ADA)[-1].state == "sending"
    world.change_number(number.phone_number_id, webhook_url=receiver.url)
    assert texts(receiver, 1) == ["Good night"]
    statuses = wait_done(world, wamid)
    assert set(statuses[:-1]) == {0}
    assert statuses[-1] == 200
    assert world.messages_of(ADA)[-1].state == "sent"


def test_the_first_redelivery_waits_a_second_by_default() -> None:
    number = Number("1", "+1 415-555-2671", "2")
    assert (number.retry_first, number.retry_cap) == (1.0, 30.0)


def test_a_reset_forgets_everything_and_ends_redelivery(world: World, number: Number, receiver: Receiver) -> None:
    receiver.answers = [503] * 100
    world.say(ADA, number.phone_number_id, "Hello")
    receiver.messages()
    world.reset()
    time.sleep(0.3)  # until what was on its way is here
    count = len(receiver.received)
    time.sleep(0.5)
    assert len(receiver.received) == count
    assert (world.deliveries(), world.ledger(), world.messages_of(ADA)) == ([], [], [])
    assert world.http.get(f"{world.url}/sandbox/numbers").json() == {"numbers": []}


def test_a_reset_may_keep_numbers_and_people(world: World, number: Number, receiver: Receiver) -> None:
    world.reset(keep_numbers=True)
    assert world.messages_of(ADA) == []
    world.say(BEN, number.phone_number_id, "Still here")
    assert receiver.messages()[0].value["contacts"][0]["profile"]["name"] == "Ben Ávila"
