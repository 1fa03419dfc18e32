"""Only Meta's own bytes are believed, and the handshake gives nothing away."""

import hashlib
import hmac
import json

import pytest

from apps.providers import meta
from apps.providers.base import Answer
from tests.providers.cases import body_of, signed

SECRET = "app-secret-1f0c"
BODY = body_of("whatsapp_cloud", "text")
GOOD = signed(SECRET, BODY)["x-hub-signature-256"]


def test_right_signature_is_accepted() -> None:
    assert meta.verify((SECRET,), {"x-hub-signature-256": GOOD}, BODY)


def test_signature_of_any_secret_in_use_is_accepted() -> None:
    assert meta.verify(("", "the-next-one", SECRET), {"x-hub-signature-256": GOOD}, BODY)


@pytest.mark.parametrize(
    "value",
    [
        "",
        GOOD[:-1],
        GOOD + "0",
        GOOD.upper(),
        GOOD.replace("sha256=", "SHA256="),
        GOOD.removeprefix("sha256="),
        "sha256=",
        "sha256=" + "0" * 64,
        "sha1=" + hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest(),
        f"{GOOD},{GOOD}",
        f" {GOOD}",
        f"{GOOD}\n",
        "sha256=" + "é" * 64,
        signed("another-app", BODY)["x-hub-signature-256"],
        signed(SECRET, json.dumps(json.loads(BODY)).encode())["x-hub-signature-256"],
    ],
)
def test_wrong_signature_is_refused(value: str) -> None:
    assert not meta.verify((SECRET,), {"x-hub-signature-256": value}, BODY)


@pytest.mark.parametrize("headers", [{}, {"x-hub-signature": GOOD}, {"X-Hub-Signature-256": GOOD}])
def test_missing_signature_is_refused(headers: dict[str, str]) -> None:
    assert not meta.verify((SECRET,), headers, BODY)


@pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
def test_empty_secret_signs_nothing(secrets: tuple[str, ...]) -> None:
    assert not meta.verify(secrets, signed("", BODY), BODY)


@pytest.mark.parametrize("place", [0, 100, len(BODY) - 1])
def test_body_changed_by_one_byte_is_refused(place: int) -> None:
    changed = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
    assert not meta.verify((SECRET,), {"x-hub-signature-256": GOOD}, changed)


HELLO = {"hub.mode": "subscribe", "hub.verify_token": "plum-42", "hub.challenge": "1158201444"}


def test_handshake_gives_the_challenge_back_as_plain_text() -> None:
    assert meta.handshake(HELLO, "plum-42") == Answer(200, b"1158201444", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("changes", "token"),
    [
        ({"hub.verify_token": "plum-43"}, "plum-42"),
        ({"hub.verify_token": ""}, "plum-42"),
        ({"hub.verify_token": ""}, ""),
        ({"hub.verify_token": "\udcff"}, "plum-42"),
        ({"hub.mode": "unsubscribe"}, "plum-42"),
        ({"hub.mode": ""}, "plum-42"),
        ({"hub.challenge": "<script>alert(1)</script>"}, "plum-42"),
        ({"hub.challenge": "1\r\nSet-Cookie: a=b"}, "plum-42"),
        ({"hub.challenge": "12\n"}, "plum-42"),
        ({"hub.challenge": "١٢٣"}, "plum-42"),
        ({"hub.challenge": ""}, "plum-42"),
        ({"hub.challenge": "1" * 257}, "plum-42"),
    ],
)
def test_handshake_is_refused(changes: dict[str, str], token: str) -> None:
    answer = meta.handshake({**HELLO, **changes}, token)
    assert answer.status == 403
    assert answer.content_type == "text/plain; charset=utf-8"
    assert not changes.get("hub.challenge") or changes["hub.challenge"].encode() not in answer.body


@pytest.mark.parametrize("missing", HELLO)
def test_handshake_without_a_part_is_refused(missing: str) -> None:
    assert meta.handshake({key: value for key, value in HELLO.items() if key != missing}, "plum-42").status == 403
