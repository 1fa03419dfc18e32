"""What follows when the Graph API accepts a message: answer, phone, statuses, ledger, read marks."""

import base64
import time

from sandbox.world.client import World
from sandbox.world.records import Number
from tests.sandbox.world.conftest import ADA, Graph
from tests.sandbox.world.receiver import Receiver


def test_the_answer_has_metas_shape(graph: Graph) -> None:
    answer = graph.send(f"+{ADA}").json()
    assert answer["messaging_product"] == "whatsapp"
    (contact,) = answer["contacts"]
    assert (contact["input"], contact["wa_id"]) == (f"+{ADA}", ADA)
    assert contact["user_id"].startswith("US.")
    wamid = answer["messages"][0]["id"]
    assert ADA.encode() in base64.b64decode(wamid.removeprefix("wamid."))


def test_the_person_reads_it_on_the_phone(graph: Graph, world: World, number: Number) -> None:
    wamid = graph.accepted(text="Fresh bread at 7.\nשלום 🥐")
    (greeting, reply) = world.messages_of(ADA)
    assert (greeting.direction, greeting.text) == ("to_business", "Good morning")
    assert (reply.direction, reply.text, reply.wamid) == ("from_business", "Fresh bread at 7.\nשלום 🥐", wamid)


def test_statuses_come_in_order_with_the_opaque_data(graph: Graph, receiver: Receiver, world: World) -> None:
    wamid = graph.accepted(biz_opaque_callback_data="message/7")
    sent, delivered, read = receiver.statuses(3)
    assert [item["status"] for item in (sent, delivered, read)] == ["sent", "delivered", "read"]
    assert world.statuses(wamid) == ["sent", "delivered", "read"]
    for item in (sent, delivered, read):
        assert (item["id"], item["recipient_id"]) == (wamid, ADA)
        assert item["biz_opaque_callback_data"] == "message/7"
        assert item["timestamp"].isdigit()
    assert sent["pricing"] == {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}
    assert sent["conversation"]["origin"] == {"type": "service"}
    assert "pricing" not in read


def test_without_opaque_data_none_is_echoed(graph: Graph, receiver: Receiver) -> None:
    graph.accepted()
    assert "biz_opaque_callback_data" not in receiver.statuses(3)[0]


def test_a_closed_phone_is_never_read(graph: Graph, receiver: Receiver, world: World) -> None:
    world.add_person(ADA, "Ada Lovelace", phone_open=False)
    graph.accepted()
    time.sleep(0.3)
    assert [item["status"] for item in receiver.statuses(2)] == ["sent", "delivered"]


def test_the_usual_delays_are_50_150_and_400_milliseconds() -> None:
    number = Number("1", "+1 415-555-2671", "2")
    assert (number.sent_after, number.delivered_after, number.read_after) == (0.05, 0.15, 0.4)


def test_the_ledger_names_keys_that_were_accepted_twice(graph: Graph, world: World) -> None:
    for key in ("a", "b", "a", "c", "a"):
        graph.accepted(text=f"about {key}", biz_opaque_callback_data=key)
    graph.accepted(text="no key")
    graph.accepted(text="no key")
    assert [line.opaque for line in world.ledger()] == ["a", "b", "a", "c", "a", None, None]
    assert [line.text for line in world.ledger()][:2] == ["about a", "about b"]
    orders = [line.order for line in world.ledger()]
    assert orders == sorted(set(orders))
    assert world.duplicates() == ["a"]
    assert [line.opaque for line in world.ledger(after=orders[4])] == [None, None]


def test_a_read_mark_turns_ticks_blue_and_shows_typing(graph: Graph, world: World, number: Number) -> None:
    first = world.messages_of(ADA)[0].wamid
    second = world.say(ADA, number.phone_number_id, "Anybody there?")
    third = world.say(ADA, number.phone_number_id, "Hello?")
    signal = {"messaging_product": "whatsapp", "status": "read", "message_id": second}
    assert graph.post(signal | {"typing_indicator": {"type": "text"}}).json() == {"success": True}
    states = {message.wamid: message.state for message in world.messages_of(ADA)}
    assert (states[first], states[second]) == ("read", "read")
    assert states[third] != "read"
    assert world.ledger() == []


def test_a_read_mark_for_an_unknown_message_is_refused(graph: Graph) -> None:
    answer = graph.post({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)


def test_a_user_id_reaches_somebody_who_hides_the_phone(graph: Graph, receiver: Receiver, world: World) -> None:
    hidden = world.add_person("34600111222", "Lucía", has_phone=False)
    world.say("34600111222", graph.number, "Hola")
    receiver.messages()
    receiver.received.clear()
    body = {"messaging_product": "whatsapp", "recipient": hidden["user_id"], "type": "text", "text": {"body": "Hi"}}
    answer = graph.post(body).json()
    assert answer["contacts"] == [{"input": hidden["user_id"], "user_id": hidden["user_id"]}]
    assert world.wait_for_reply("34600111222").text == "Hi"
    sent = receiver.statuses(3)[0]
    assert sent["recipient_user_id"] == hidden["user_id"]
    assert "recipient_id" not in sent


def test_for_load_everybody_is_there_and_the_window_is_open(graph: Graph, receiver: Receiver, world: World) -> None:
    world.change_number(graph.number, any_recipient=True)
    graph.accepted("447700900999")
    assert [item["status"] for item in receiver.statuses(3)] == ["sent", "delivered", "read"]
    signal = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.signed-elsewhere"}
    assert graph.post(signal).json() == {"success": True}


def test_waiting_for_a_reply_counts_from_what_was_said(graph: Graph, world: World) -> None:
    graph.accepted(text="old")
    asked = world.say(ADA, graph.number, "And now?")
    graph.accepted(text="new")
    assert world.wait_for_reply(ADA, after=asked).text == "new"
