"""What a measurement sends is what Meta would send: signed, readable, and never the same twice."""

import json

from apps.providers import registry
from apps.providers.base import ContentKind, Inbound
from bench import deliveries

SECRET = "bench-secret"
NUMBER = "106540352242922"


def test_a_delivery_passes_the_providers_signature_check_and_only_with_its_secret() -> None:
    body = deliveries.body(NUMBER, "round-1", 7)
    headers = deliveries.headers(SECRET, body)
    provider = registry.get("whatsapp_cloud")
    assert provider.verify((SECRET,), headers, body) is True
    assert provider.verify(("another",), headers, body) is False
    assert provider.verify((SECRET,), headers, body + b" ") is False


def test_a_delivery_is_one_text_of_one_customer_to_the_number() -> None:
    body = deliveries.body(NUMBER, "round-1", 7)
    (item,) = registry.get("whatsapp_cloud").parse(deliveries.headers(SECRET, body), body)
    assert isinstance(item, Inbound)
    assert (item.route_key, item.kind, item.sender.name) == (NUMBER, ContentKind.TEXT, "Customer 7")
    assert [identity.value for identity in item.sender.identities] == ["447700900007"]
    assert item.text == f"{deliveries.QUESTION} (round-1/7)"


def test_a_delivery_is_about_a_kilobyte() -> None:
    assert 900 <= len(deliveries.body(NUMBER, "round-1", 7)) <= 1100


def test_no_two_deliveries_are_the_same_and_each_can_be_made_again() -> None:
    series = [deliveries.body(NUMBER, name, place) for name in ("round-1", "round-2") for place in range(600)]
    ids = {json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]["id"] for body in series}
    assert len(ids) == len(set(series)) == 1200
    assert deliveries.body(NUMBER, "round-2", 599) == series[-1]


def test_a_request_is_whole() -> None:
    head, _, rest = deliveries.request("127.0.0.1:8000", "/webhook/x/", SECRET, b"{}").partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[:3] == ["POST /webhook/x/ HTTP/1.1", "host: 127.0.0.1:8000", "content-length: 2"]
    assert rest == b"{}"
