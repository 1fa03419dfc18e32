"""What people say arrives signed, in Meta's own format, byte for byte."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from sandbox.world import payloads
from sandbox.world.client import World, WorldError
from sandbox.world.records import Number, Person
from tests.sandbox.world.conftest import ADA, APP_SECRET, BEN
from tests.sandbox.world.receiver import VERIFY_TOKEN, Received, Receiver


def signature_of(received: Received) -> str:
    return "sha256=" + hmac.new(APP_SECRET.encode(), received.body, hashlib.sha256).hexdigest()


def test_a_text_has_metas_shape_and_a_signature_over_its_bytes(
    world: World, number: Number, receiver: Receiver
) -> None:
    wamid = world.say(BEN, number.phone_number_id, "¿Hola? a/b 😊", at=1790000000)
    (received,) = receiver.messages()
    assert received.headers["X-Hub-Signature-256"] == signature_of(received)
    assert len(received.headers["X-Hub-Signature-256"]) == 71
    assert b"\\u00bfHola? a\\/b \\ud83d\\ude0a" in received.body
    payload = json.loads(received.body)
    assert payload["object"] == "whatsapp_business_account"
    assert payload["entry"][0]["id"] == "102290129340398"
    assert payload["entry"][0]["changes"][0]["field"] == "messages"
    user_id = received.value["contacts"][0]["user_id"]
    assert user_id.startswith("MX.")
    assert received.value == {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+1 415-555-2671", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Ben Ávila"}, "wa_id": BEN, "user_id": user_id}],
        "messages": [
            {
                "from": BEN,
                "from_user_id": user_id,
                "id": wamid,
                "timestamp": "1790000000",
                "type": "text",
                "text": {"body": "¿Hola? a/b 😊"},
            }
        ],
    }


def test_somebody_who_hides_the_phone_is_named_by_user_id_only(
    world: World, number: Number, receiver: Receiver
) -> None:
    person = world.add_person("34600111222", "Lucía", has_phone=False)
    world.say("34600111222", number.phone_number_id, "Hola")
    value = receiver.messages()[0].value
    assert value["contacts"] == [{"profile": {"name": "Lucía", "username": "user.1222"}, "user_id": person["user_id"]}]
    assert "from" not in value["messages"][0]
    assert value["messages"][0]["from_user_id"] == person["user_id"]
    assert b"34600111222" not in receiver.received[0].body


SAID: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "location": ({"latitude": 1.5, "longitude": 2}, "location", {"latitude": 1.5, "longitude": 2}),
    "reaction": ({"message_id": "wamid.x", "emoji": "👍"}, "reaction", {"message_id": "wamid.x", "emoji": "👍"}),
    "list_reply": (
        {"id": "a", "title": "A", "description": "first"},
        "interactive",
        {"type": "list_reply", "list_reply": {"id": "a", "title": "A", "description": "first"}},
    ),
    "button_reply": (
        {"id": "yes", "title": "Yes"},
        "interactive",
        {"type": "button_reply", "button_reply": {"id": "yes", "title": "Yes"}},
    ),
    "button": ({"text": "Stop", "payload": "STOP"}, "button", {"text": "Stop", "payload": "STOP"}),
    "request_welcome": ({}, "request_welcome", {}),
}


@pytest.mark.parametrize("kind", SAID)
def test_each_kind_of_message_has_metas_type_and_content(
    world: World, number: Number, receiver: Receiver, kind: str
) -> None:
    value, meta_type, content = SAID[kind]
    world.say(ADA, number.phone_number_id, **{kind: value})
    (message,) = receiver.messages()[0].value["messages"]
    assert (message["type"], message[meta_type]) == (meta_type, content)


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [("image", "image/jpeg"), ("audio", "audio/ogg; codecs=opus"), ("document", "application/pdf")],
)
def test_media_carry_id_type_and_digest(
    world: World, number: Number, receiver: Receiver, kind: str, mime_type: str
) -> None:
    world.say(ADA, number.phone_number_id, **{kind: {"caption": "Look"}})
    block = receiver.messages()[0].value["messages"][0][kind]
    assert (block["mime_type"], block["caption"]) == (mime_type, "Look")
    assert block["id"].isdigit()
    assert len(block["sha256"]) == 44


def test_contacts_are_a_list_and_unsupported_carries_its_errors(
    world: World, number: Number, receiver: Receiver
) -> None:
    world.say(ADA, number.phone_number_id, contacts=[{"name": {"formatted_name": "Ben"}}])
    world.say(ADA, number.phone_number_id, unsupported=[{"code": 131051}])
    shared, unsupported = (item.value["messages"][0] for item in receiver.messages(2))
    assert shared["contacts"] == [{"name": {"formatted_name": "Ben"}}]
    assert unsupported["errors"] == [{"code": 131051}]
    assert "unsupported" not in unsupported


def test_a_reply_and_an_advertisement_travel_with_the_message(world: World, number: Number, receiver: Receiver) -> None:
    referral = {"source_type": "ad", "source_id": "1"}
    world.say(ADA, number.phone_number_id, "This one", context="wamid.before", extra={"referral": referral})
    (message,) = receiver.messages()[0].value["messages"]
    assert message["context"] == {"from": "+1 415-555-2671", "id": "wamid.before"}
    assert message["referral"] == referral


def test_the_same_message_said_again_keeps_its_id_and_is_shown_once(
    world: World, number: Number, receiver: Receiver
) -> None:
    for _ in range(2):
        world.say(ADA, number.phone_number_id, "Twice", wamid="wamid.same")
    assert [item.value["messages"][0]["id"] for item in receiver.messages(2)] == ["wamid.same"] * 2
    assert [message.text for message in world.messages_of(ADA)] == ["Good morning", "Twice"]


def test_a_stranger_who_writes_becomes_a_person(world: World, number: Number, receiver: Receiver) -> None:
    world.say("447700900123", number.phone_number_id, "Hi", name="Grace")
    assert receiver.messages()[0].value["contacts"][0]["profile"] == {"name": "Grace"}


def test_the_owners_answer_in_the_app_comes_as_an_echo(world: World, number: Number, receiver: Receiver) -> None:
    wamid = world.echo(number.phone_number_id, ADA, "I will take it from here")
    (received,) = receiver.wait(lambda item: "message_echoes" in item.value)
    assert json.loads(received.body)["entry"][0]["changes"][0]["field"] == "smb_message_echoes"
    (echo,) = received.value["message_echoes"]
    assert (echo["from"], echo["to"], echo["id"]) == ("+1 415-555-2671", ADA, wamid)
    assert echo["text"] == {"body": "I will take it from here"}
    assert world.messages_of(ADA)[-1].source == "echo"
    assert world.ledger() == []


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        ({"telegram": "x"}, "telegram"),
        ({"text": "a", "location": {}}, "exactly one thing"),
        ({}, "exactly one thing"),
        ({"text": "a", "at": "soon"}, "must be float"),
    ],
)
def test_what_cannot_be_said_is_refused_with_a_reason(
    world: World, number: Number, receiver: Receiver, what: dict[str, Any], problem: str
) -> None:
    with pytest.raises(WorldError, match=problem):
        world.say(ADA, number.phone_number_id, **what)
    assert receiver.received == []
    assert len(world.messages_of(ADA)) == 1


def test_saying_to_an_unknown_number_is_refused(world: World, number: Number) -> None:
    with pytest.raises(WorldError, match="No number '7' is registered"):
        world.say(ADA, "7", "Hello")


def test_raw_webhooks_are_signed_right_wrong_or_not_at_all(world: World, number: Number, receiver: Receiver) -> None:
    assert world.say_raw(number.phone_number_id, {"entry": []}) == 200
    receiver.answers = [403, 403, 200]
    assert world.say_raw(number.phone_number_id, {"entry": []}, signature="wrong") == 403
    assert world.say_raw(number.phone_number_id, {"entry": []}, signature="none") == 403
    assert world.say_raw(number.phone_number_id, raw='{"entry": [') == 200
    right, wrong, none, broken = receiver.received
    assert right.headers["X-Hub-Signature-256"] == signature_of(right)
    assert wrong.headers["X-Hub-Signature-256"] != signature_of(wrong)
    assert len(wrong.headers["X-Hub-Signature-256"]) == 71
    assert "X-Hub-Signature-256" not in none.headers
    assert broken.body == b'{"entry": ['
    assert broken.headers["X-Hub-Signature-256"] == signature_of(broken)


def test_a_webhook_to_a_dead_address_has_status_0(world: World, number: Number) -> None:
    assert world.say_raw(number.phone_number_id, {}, url="http://127.0.0.1:9/") == 0


def test_the_address_must_prove_itself_when_a_verify_token_is_given(
    world: World, number: Number, receiver: Receiver
) -> None:
    second = Number(**(vars(number) | {"phone_number_id": "2"}))
    with pytest.raises(WorldError, match="answered 403"):
        world.register_number(second, verify_token="wrong")
    with pytest.raises(WorldError, match="No number '2'"):
        world.say(ADA, "2", "Hello")
    world.register_number(second, verify_token=VERIFY_TOKEN)
    world.say(ADA, "2", "Hello")
    assert receiver.messages()[0].value["metadata"]["phone_number_id"] == "2"


def test_a_number_without_its_secrets_is_refused_and_never_shows_them(world: World, number: Number) -> None:
    with pytest.raises(WorldError, match="needs a token"):
        world.register_number(Number("3", "+1 415-555-2671", "4"))
    shown = world.http.get(f"{world.url}/sandbox/numbers").text
    assert number.phone_number_id in shown
    assert APP_SECRET not in shown and number.token not in shown


def test_builders_sign_for_load_generators_without_a_world() -> None:
    number = Number("1", "14155552671", "2", app_secret=APP_SECRET)
    payload = payloads.text_message(number, Person("14155550101", "Ada"), "é", wamid="wamid.1", at=5)
    body = payloads.to_bytes(payload)
    assert payload["entry"][0]["changes"][0]["value"]["metadata"]["display_phone_number"] == "+1 415-555-2671"
    assert b'"body":"\\u00e9"' in body and b'"timestamp":"5"' in body
    expected = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert payloads.signed_headers(body, APP_SECRET)["X-Hub-Signature-256"] == f"sha256={expected}"
