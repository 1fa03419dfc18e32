"""The Graph API refuses what Meta refuses, in Meta's error shape, and accepts nothing by the way."""

import hashlib
import hmac
import time
from typing import Any

import pytest

from sandbox.world.client import World
from sandbox.world.records import Number
from tests.sandbox.world.conftest import ADA, BEN, NOBODY, TOKEN, Graph
from tests.sandbox.world.receiver import Receiver


def text(**changes: Any) -> dict[str, Any]:
    body = {"messaging_product": "whatsapp", "to": ADA, "type": "text", "text": {"body": "Hello"}} | changes
    return {name: value for name, value in body.items() if value is not ...}


def typed(kind: str, content: Any) -> dict[str, Any]:
    return text(type=kind, text=...) | {kind: content}


def reply_button(title: str) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": "1", "title": title}}


def interactive(kind: str, action: dict[str, Any]) -> dict[str, Any]:
    return typed("interactive", {"type": kind, "body": {"text": "Which?"}, "action": action})


def list_of(rows: int, title: str = "One") -> dict[str, Any]:
    section = {"title": "All", "rows": [{"id": str(index), "title": title} for index in range(rows)]}
    return interactive("list", {"button": "Choose", "sections": [section]})


INVALID = {
    "missing messaging_product": text(messaging_product=...),
    "neither to nor recipient": text(to=...),
    "to that is no string": text(to=14155550101),
    "unknown type": text(type="telegram"),
    "missing text": text(text=...),
    "empty text": text(text={"body": ""}),
    "text that is no string": text(text={"body": 42}),
    "text of 4097": text(text={"body": "x" * 4097}),
    "opaque data of 513": text(biz_opaque_callback_data="k" * 513),
    "opaque data that is no string": text(biz_opaque_callback_data=7),
    "image without id and link": typed("image", {"caption": "Look"}),
    "caption of 1025": typed("image", {"id": "1", "caption": "x" * 1025}),
    "location without longitude": typed("location", {"latitude": 1.5}),
    "reaction to nothing": typed("reaction", {"emoji": "👍"}),
    "template without language": typed("template", {"name": "hello"}),
    "interactive without action": typed("interactive", {"type": "button", "body": {"text": "Which?"}}),
    "four buttons": interactive("button", {"buttons": [reply_button("Yes")] * 4}),
    "button title of 21": interactive("button", {"buttons": [reply_button("x" * 21)]}),
    "eleven rows": list_of(11),
    "row title of 25": list_of(1, "x" * 25),
    "no object at all": ["Hello"],
}

ACCEPTED = {
    "text of 4096": text(text={"body": "x" * 4096}),
    "opaque data of 512": text(biz_opaque_callback_data="k" * 512),
    "to with plus": text(to=f"+{ADA}"),
    "both to and recipient": text(recipient="US.1"),
    "image by link": typed("image", {"link": "https://example.com/a.jpg", "caption": "x" * 1024}),
    "location": typed("location", {"latitude": 0, "longitude": 0}),
    "contacts": typed("contacts", [{"name": {"formatted_name": "Ben"}}]),
    "three buttons": interactive("button", {"buttons": [reply_button("x" * 20)] * 3}),
    "ten rows": list_of(10),
    "template": typed("template", {"name": "hello", "language": {"code": "en_US"}}),
}


@pytest.mark.parametrize("name", INVALID)
def test_what_is_invalid_is_refused_with_code_100(graph: Graph, world: World, name: str) -> None:
    answer = graph.post(INVALID[name])
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (400, 100, "OAuthException")
    assert error["message"] == f"(#100) {error['error_data']['details']}"
    assert error["error_data"]["messaging_product"] == "whatsapp"
    assert error["fbtrace_id"]
    assert world.ledger() == []


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_just_within_the_limits_is_accepted(graph: Graph, world: World, name: str) -> None:
    answer = graph.post(ACCEPTED[name])
    assert answer.status_code == 200, answer.text
    assert [line.wamid for line in world.ledger()] == [answer.json()["messages"][0]["id"]]


@pytest.mark.parametrize("token", [None, "wrong"])
def test_a_missing_or_wrong_token_is_refused(graph: Graph, world: World, token: str | None) -> None:
    answer = graph.post(text(), token=token)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["type"]) == (401, 190, "OAuthException")
    assert world.ledger() == []


def test_a_proof_that_the_apps_secret_did_not_make_is_refused(graph: Graph, number: Number) -> None:
    path = f"{graph.url}/v26.0/{number.phone_number_id}"
    right = hmac.new(number.app_secret.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    answers = [
        graph.http.get(path, params={"appsecret_proof": proof}, headers={"Authorization": f"Bearer {TOKEN}"})
        for proof in (right, "0" * 64, "")
    ]
    assert [answer.status_code for answer in answers] == [200, 400, 400]
    error = answers[1].json()["error"]
    assert (error["code"], error["type"], error["message"]) == (
        *(100, "GraphMethodException"),
        "Invalid appsecret_proof provided in the API argument",
    )


def test_the_token_of_another_number_is_refused(graph: Graph, world: World, number: Number) -> None:
    other = vars(number) | {"phone_number_id": "2", "token": "other-token"}
    world.register_number(Number(**other))
    assert graph.post(text(), token="other-token").json()["error"]["code"] == 190
    assert graph.post(text(), token="other-token", number="2").status_code == 200


def test_an_unknown_number_is_refused(graph: Graph, world: World) -> None:
    answer = graph.post(text(), number="999")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["error_subcode"]) == (400, 100, 33)
    assert error["type"] == "GraphMethodException"
    assert "'999'" in error["message"]
    assert world.ledger() == []


@pytest.mark.parametrize("version", ["v23.0", "v26.0", "v99.9"])
def test_any_version_is_served(graph: Graph, version: str) -> None:
    assert graph.post(text(), version=version).status_code == 200


@pytest.mark.parametrize("version", ["23.0", "latest", "v23"])
def test_what_is_no_version_is_an_unknown_path(graph: Graph, version: str) -> None:
    answer = graph.post(text(), version=version)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 2500)


def test_somebody_without_whatsapp_fails_by_status(graph: Graph, receiver: Receiver, world: World) -> None:
    wamid = graph.accepted(NOBODY, biz_opaque_callback_data="m-1")
    (status,) = receiver.statuses(1)
    assert (status["id"], status["status"], status["recipient_id"]) == (wamid, "failed", NOBODY)
    assert [error["code"] for error in status["errors"]] == [131026]
    assert status["biz_opaque_callback_data"] == "m-1"
    assert [line.failed for line in world.ledger()] == [131026]


def test_outside_the_service_window_it_fails_by_status(graph: Graph, receiver: Receiver, world: World) -> None:
    wamid = graph.accepted(BEN)
    (status,) = receiver.statuses(1)
    assert (status["id"], status["status"], status["errors"][0]["code"]) == (wamid, "failed", 131047)
    assert world.messages_of(BEN) == []


def test_the_window_closes_a_day_after_the_last_message(
    graph: Graph, receiver: Receiver, world: World, number: Number
) -> None:
    world.say(BEN, number.phone_number_id, "Yesterday", at=time.time() - 24 * 3600 - 5)
    graph.accepted(BEN)
    assert [status["status"] for status in receiver.statuses(1)] == ["failed"]
    world.say(BEN, number.phone_number_id, "Today")
    graph.accepted(BEN)
    assert [status["status"] for status in receiver.statuses(4)] == ["failed", "sent", "delivered", "read"]


def test_a_template_may_be_sent_outside_the_window(graph: Graph, receiver: Receiver) -> None:
    answer = graph.post(ACCEPTED["template"] | {"to": BEN})
    assert answer.json()["messages"][0]["message_status"] == "accepted"
    statuses = receiver.statuses(3)
    assert [status["status"] for status in statuses] == ["sent", "delivered", "read"]
    assert statuses[0]["pricing"]["category"] == "utility"


def test_the_rate_of_a_number_is_kept(graph: Graph, world: World, number: Number) -> None:
    world.change_number(number.phone_number_id, per_second=2)
    answers = [graph.send(), graph.send(), graph.send()]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"]["code"] == 130429
    assert len(world.ledger()) == 2


def test_the_rate_of_a_pair_is_kept_and_others_are_not_slowed(graph: Graph, world: World, number: Number) -> None:
    world.change_number(number.phone_number_id, pair_seconds=60.0)
    assert graph.send(ADA).status_code == 200
    assert graph.send(ADA).json()["error"]["code"] == 131056
    assert graph.send(BEN).status_code == 200
    assert [line.to for line in world.ledger()] == [ADA, BEN]


def test_the_number_shows_what_meta_shows(graph: Graph) -> None:
    shown = graph.http.get(f"{graph.url}/v26.0/{graph.number}", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert (shown["id"], shown["display_phone_number"]) == ("106540352242922", "+1 415-555-2671")
    assert (shown["verified_name"], shown["quality_rating"]) == ("Nora's Bakery", "GREEN")
    assert graph.http.get(f"{graph.url}/v26.0/{graph.number}").json()["error"]["code"] == 190


def test_subscribing_answers_success_for_a_known_account_only(graph: Graph, number: Number) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    path = f"{graph.url}/v26.0/{{}}/subscribed_apps"
    assert graph.http.post(path.format(number.waba_id), headers=headers).json() == {"success": True}
    assert graph.http.post(path.format("7"), headers=headers).json()["error"]["error_subcode"] == 33
