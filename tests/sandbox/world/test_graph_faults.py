"""Each fault of the Graph API does what it is named for, to whom it is meant for, as often as asked."""

import time
from collections.abc import Callable

import httpx2
import pytest

from sandbox.world.client import World, WorldError
from sandbox.world.records import Number
from tests.clocks import PATIENCE
from tests.sandbox.world.conftest import ADA, Graph
from tests.sandbox.world.receiver import Receiver


def keys(world: World) -> list[str | None]:
    return [line.opaque for line in world.ledger()]


@pytest.mark.parametrize(("kind", "status", "code"), [("429", 429, 130429), ("401", 401, 190), ("5xx", 500, 131000)])
def test_a_refusing_fault_accepts_nothing(graph: Graph, world: World, kind: str, status: int, code: int) -> None:
    world.add_fault(kind, count=1)
    answer = graph.send(biz_opaque_callback_data="a")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert keys(world) == []
    graph.accepted(biz_opaque_callback_data="b")
    assert keys(world) == ["b"]


def test_a_throttle_may_be_of_the_pair_and_say_when_to_come_back(graph: Graph, world: World) -> None:
    world.add_fault("429", code=131056, retry_after=7)
    answer = graph.send()
    assert answer.json()["error"]["code"] == 131056
    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("kind", "accepted", "error"),
    [
        ("hang_before", False, httpx2.ReadTimeout),
        ("hang_after", True, httpx2.ReadTimeout),
        ("reset_before", False, httpx2.TransportError),
        ("reset_after", True, httpx2.TransportError),
    ],
)
def test_a_network_fault_gives_no_answer_before_or_after_accepting(
    graph: Graph, world: World, receiver: Receiver, kind: str, accepted: bool, error: type[Exception]
) -> None:
    world.add_fault(kind, count=1)
    patience = httpx2.Timeout(PATIENCE, read=2.0 if kind.startswith("hang") else PATIENCE)
    with pytest.raises(error) as caught, httpx2.Client(timeout=patience) as client:
        Graph(graph.url, graph.number, client).send(biz_opaque_callback_data="a")
    assert isinstance(caught.value, httpx2.TimeoutException) is kind.startswith("hang")
    if accepted:
        assert [item["status"] for item in receiver.statuses(3)] == ["sent", "delivered", "read"]
    else:
        time.sleep(0.1)
        assert receiver.received == []
    assert keys(world) == (["a"] if accepted else [])
    assert graph.send().status_code == 200  # the world goes on


def test_a_hang_may_end_by_itself(graph: Graph, world: World) -> None:
    world.add_fault("hang_before", seconds=0.2)
    with pytest.raises(httpx2.TransportError) as caught:
        graph.send()
    assert not isinstance(caught.value, httpx2.TimeoutException)


def test_an_error_after_accepting_is_accepted(graph: Graph, world: World) -> None:
    world.add_fault("5xx_after", count=1)
    assert graph.send(biz_opaque_callback_data="a").status_code == 500
    assert keys(world) == ["a"]


def test_slow_answers_late(graph: Graph, world: World) -> None:
    world.add_fault("slow", seconds=0.3)
    began = time.monotonic()
    assert graph.send().status_code == 200
    assert time.monotonic() - began >= 0.3


def test_an_answer_may_come_late_to_what_was_accepted_at_once(graph: Graph, world: World, receiver: Receiver) -> None:
    world.add_fault("slow_after", seconds=0.5)
    began = time.monotonic()
    answer = graph.send(biz_opaque_callback_data="a")
    assert time.monotonic() - began >= 0.5
    assert answer.json()["messages"][0]["id"] == world.ledger()[0].wamid
    assert receiver.statuses(1)[0]["status"] == "sent"  # which was there before the answer


def test_every_send_is_remembered_with_what_became_of_it(graph: Graph, world: World) -> None:
    world.add_fault("5xx", count=1)
    world.add_fault("5xx_after", count=1)
    for key in ("a", "b", "c"):
        graph.send(biz_opaque_callback_data=key)
    graph.send(biz_opaque_callback_data="d", text={"body": "x" * 5000})
    assert [(tried.opaque, tried.outcome, tried.accepted) for tried in world.tried()] == [
        ("a", "5xx", False),
        ("b", "5xx_after", True),
        ("c", "accepted", True),
        ("d", "100", False),
    ]
    assert world.tried(after=world.tried()[-1].order) == []


def test_a_mark_is_no_send(graph: Graph, world: World) -> None:
    graph.post({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"})
    assert world.tried() == []


def test_silent_accepts_and_reports_nothing(graph: Graph, world: World, receiver: Receiver) -> None:
    world.add_fault("silent", count=1)
    graph.accepted(biz_opaque_callback_data="a")
    time.sleep(0.2)
    assert receiver.received == []
    assert [message.text for message in world.messages_of(ADA)] == ["Good morning", "Hello"]


def test_a_dropped_status_never_arrives(graph: Graph, world: World, receiver: Receiver) -> None:
    world.add_fault("drop_status", count=2)
    graph.accepted()
    time.sleep(0.2)
    assert [item["status"] for item in receiver.statuses(1)] == ["read"]


def test_every_webhook_is_sent_as_often_as_asked(world: World, number: Number, receiver: Receiver) -> None:
    world.add_fault("duplicate", times=5)
    world.say(ADA, number.phone_number_id, "Five times")
    received = receiver.messages(5)
    time.sleep(0.1)
    assert len(receiver.received) == 5
    assert len({item.body for item in received}) == 1


def test_reordered_webhooks_all_arrive_in_another_order(world: World, number: Number, receiver: Receiver) -> None:
    world.add_fault("reorder", seconds=0.3, seed=3)
    for index in range(20):
        world.say(ADA, number.phone_number_id, str(index))
    order = [int(item.value["messages"][0]["text"]["body"]) for item in receiver.messages(20)]
    assert sorted(order) == list(range(20))
    assert order != list(range(20))


def refusals(graph: Graph, world: World, seed: int) -> list[int]:
    world.clear_faults()
    world.add_fault("429", probability=0.4, seed=seed)
    return [graph.send().status_code for _ in range(25)]


def test_the_same_seed_causes_the_same_faults(graph: Graph, world: World) -> None:
    first = refusals(graph, world, 11)
    assert first.count(200) > 0 and first.count(429) > 0
    assert refusals(graph, world, 11) == first
    assert refusals(graph, world, 12) != first


def test_a_fault_ends_by_count_by_time_and_by_clearing(graph: Graph, world: World) -> None:
    world.add_fault("429", count=2)
    assert [graph.send().status_code for _ in range(3)] == [429, 429, 200]
    world.add_fault("5xx", for_seconds=2.0)
    assert graph.send().status_code == 500
    time.sleep(2.05)
    assert graph.send().status_code == 200
    world.add_fault("401")
    assert graph.send().status_code == 401
    assert [fault["caused"] for fault in world.faults()] == [2, 1, 1]
    world.clear_faults()
    assert world.faults() == []
    assert graph.send().status_code == 200


def test_a_fault_hits_only_the_number_it_is_for(graph: Graph, world: World, number: Number) -> None:
    world.register_number(Number(**(vars(number) | {"phone_number_id": "2"})))
    world.add_fault("429", number="2")
    assert graph.send().status_code == 200
    other = Graph(graph.url, "2", graph.http)
    assert other.send().status_code == 429


@pytest.mark.parametrize(("on", "signal", "message"), [("", 200, 429), ("signals", 429, 200), ("all", 429, 429)])
def test_a_fault_hits_messages_signals_or_both(graph: Graph, world: World, on: str, signal: int, message: int) -> None:
    world.add_fault("429", on=on)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": world.messages_of(ADA)[0].wamid}
    assert graph.post(read).status_code == signal
    assert graph.send().status_code == message


@pytest.mark.parametrize(
    ("add", "problem"),
    [
        (lambda world: world.add_fault("explode"), "no fault 'explode'"),
        (lambda world: world.add_fault("bad_json"), "no fault 'bad_json'"),
        (lambda world: world.add_fault("429", probability=2), "probability"),
        (lambda world: world.add_fault("429", colour="red"), "no field colour"),
        (lambda world: world.add_fault("429", on="mondays"), "on must be one of"),
    ],
)
def test_an_impossible_fault_is_refused(world: World, add: Callable[[World], object], problem: str) -> None:
    with pytest.raises(WorldError, match=problem):
        add(world)
    assert world.faults() == []
