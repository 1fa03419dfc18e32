"""The intake: signed bytes are stored as received before they are answered; everything else leaves no trace."""

import asyncio
import gzip
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from apps.ingest import asgi, ear
from apps.ingest.asgi import Intake
from apps.ingest.models import Delivery
from apps.tenants.models import Hook
from apps.work.hearing import INTAKE, hearing
from apps.work.models import Pulse
from tests.asgi import ask
from tests.clocks import PATIENCE, Stopwatch
from tests.intake import asked, patient

SECRET = "intake-secret"
PATH = "/webhook/whatsapp_cloud/intake-test/"


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed(body: bytes, secret: str = SECRET) -> list[tuple[str, str]]:
    return [("X-Hub-Signature-256", signature(body, secret)), ("Content-Type", "application/json")]


@pytest.fixture(autouse=True)
def hook(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hook]:
    """A committed hook, since the intake has connections of its own; what it stored is removed afterwards."""
    with django_db_blocker.unblock():
        made = Hook.objects.create(
            provider="whatsapp_cloud", key="intake-test", secrets=f"older\n{SECRET}", verify_token="verify-me"
        )
        yield made
        Delivery.objects.filter(hook=made).delete()
        made.delete()
        connection.close()


def post(body: bytes, headers: list[tuple[str, str]], *, path: str = PATH, **how: Any) -> int:
    return _asked("POST", path, body=body, headers=headers, **how)[0]


def _asked(method: str, path: str = PATH, **how: Any) -> tuple[int, dict[str, str], bytes]:
    (answer,) = asked({"method": method, "path": path, **how})
    return answer


def stored() -> list[Delivery]:
    return list(Delivery.objects.order_by("pk"))


def test_a_signed_delivery_is_stored_as_received(hook: Hook) -> None:
    body = b'{"object":"whatsapp_business_account","entry":[],"x":"\\u0000 \\u00e1 \\/"}'
    assert post(body, signed(body)) == 200
    delivery = stored()[0]
    assert (bytes(delivery.body), delivery.hook, delivery.state) == (body, hook, "received")
    assert delivery.headers["content-type"] == "application/json"


def test_a_delivery_is_put_into_the_lane_of_its_number() -> None:
    body = b'{"entry":[{"changes":[{"value":{"metadata":{"phone_number_id":"106540352242922"}}}]}]}'
    assert post(body, signed(body)) == 200
    assert [one.lane for one in stored()] == ["106540352242922"]


def test_an_intake_that_takes_webhooks_says_that_it_lives_and_a_refusal_begins_its_time_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Pulse.objects.filter(queue=INTAKE).delete()
    monkeypatch.setattr(ear, "BEAT_SECONDS", 0.1)
    seen: list[Pulse] = []

    def beaten(wanted: Callable[[Pulse], bool]) -> None:
        """Waits for a beat that is wanted."""
        until = time.monotonic() + PATIENCE
        while not (found := [one for one in Pulse.objects.filter(queue=INTAKE) if wanted(one)]):
            assert time.monotonic() < until
            time.sleep(0.02)
        connection.close()
        seen.extend(found)

    async def scene() -> None:
        intake = Intake()
        await ask(intake, "POST", PATH, body=b"{}", headers=signed(b"{}"))
        await asyncio.to_thread(beaten, lambda pulse: pulse.seen_at > pulse.since)
        intake._ear.refused = True
        await asyncio.to_thread(beaten, lambda pulse: pulse.since > seen[0].since)
        await intake.close()

    with patient():
        asyncio.run(scene())
    first, anew = seen
    assert (first.hands, hearing(None) is not None) == (0, True)
    assert anew.since > first.seen_at
    Pulse.objects.filter(queue=INTAKE).delete()


def test_any_of_the_hooks_secrets_may_sign() -> None:
    assert post(b"{}", signed(b"{}", "older")) == 200
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("X-Hub-Signature-256", "")],
        [("X-Hub-Signature-256", "sha256=")],
        [("X-Hub-Signature-256", signature(b'{"a":1}')[:-1])],
        [("X-Hub-Signature-256", signature(b'{"a":1}').replace("sha256", "sha1"))],
        [("X-Hub-Signature-256", signature(b'{"a":1}', "another app"))],
        [("X-Hub-Signature-256", signature(b'{"a": 1}'))],
        [("X-Hub-Signature-256", signature(b'{"a":1}'))] * 2,
        [("X-Hub-Signature", signature(b'{"a":1}'))],
    ],
    ids=["missing", "empty", "no digest", "truncated", "sha1", "other secret", "re-serialised", "twice", "old header"],
)
def test_a_wrong_signature_is_refused_and_nothing_is_stored(headers: list[tuple[str, str]]) -> None:
    assert post(b'{"a":1}', headers) == 403
    assert stored() == []


def test_one_changed_byte_is_refused() -> None:
    assert post(b'{"a":2}', signed(b'{"a":1}')) == 403
    assert stored() == []


def test_a_compressed_body_is_what_was_signed_or_nothing() -> None:
    plain = b'{"a":1}'
    assert post(gzip.compress(plain), [*signed(plain), ("Content-Encoding", "gzip")]) == 403
    assert stored() == []


def test_broken_json_with_a_right_signature_is_kept() -> None:
    assert post(b'{"entry": [', signed(b'{"entry": [')) == 200
    assert bytes(stored()[0].body) == b'{"entry": ['


def test_a_body_in_chunks_is_put_together() -> None:
    body = json.dumps({"a": "x" * 1000}).encode()
    assert post(b"", signed(body), chunks=[body[:10], b"", body[10:500], body[500:]]) == 200
    assert bytes(stored()[0].body) == body


def test_a_body_over_four_megabytes_is_too_large_whatever_it_says_of_its_length() -> None:
    body = b" " * (4 * 1024 * 1024 + 1)
    assert post(b"", [*signed(b""), ("Content-Length", str(len(body)))]) == 413
    assert post(b"", signed(body), chunks=[body[: 3 * 1024 * 1024], body[3 * 1024 * 1024 :]]) == 413
    assert stored() == []


def test_a_body_of_exactly_four_megabytes_is_stored() -> None:
    body = b" " * (4 * 1024 * 1024)
    assert post(body, signed(body)) == 200
    assert len(bytes(stored()[0].body)) == len(body)


def test_a_client_that_goes_away_leaves_nothing() -> None:
    assert post(b'{"a"', signed(b'{"a":1}'), cut=True) == 408
    assert stored() == []


@pytest.mark.parametrize(
    "path",
    ["/webhook/", "/webhook/nobody/", "/webhook/whatsapp_cloud/unknown/", "/webhook/whatsapp_cloud/a/b/"],
)
def test_an_address_without_a_hook_is_not_found(path: str) -> None:
    assert post(b"{}", signed(b"{}"), path=path) == 404
    assert stored() == []


@pytest.mark.parametrize("secrets", ["", "  \n "])
def test_a_hook_without_a_secret_accepts_nothing(hook: Hook, secrets: str) -> None:
    hook.secrets = secrets
    hook.save()
    assert post(b"{}", signed(b"{}", "")) == 503
    assert stored() == []


def test_the_handshake_answers_the_challenge_only_for_the_right_token() -> None:
    right = "hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=1158201444"
    status, headers, body = _asked("GET", query=right)
    assert (status, body) == (200, b"1158201444")
    assert headers["content-type"].startswith("text/plain")
    assert headers["x-content-type-options"] == "nosniff"
    for query in (right.replace("verify-me", "wrong"), right.replace("&hub.verify_token=verify-me", ""), ""):
        assert _asked("GET", query=query)[0] == 403


def test_a_challenge_is_never_reflected_as_markup() -> None:
    query = "hub.mode=subscribe&hub.verify_token=verify-me&hub.challenge=<script>alert(1)</script>"
    status, _, body = _asked("GET", query=query)
    assert status == 403
    assert b"script" not in body


def test_other_methods_are_refused() -> None:
    assert _asked("PUT")[0] == 405


def elsewhere(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    """The intake looks for its database where this socket is."""
    info = make_conninfo(asgi.conninfo(), port=listener.getsockname()[1])
    monkeypatch.setattr(asgi, "conninfo", lambda: info)


def in_time() -> tuple[int, float]:
    """The status of a delivery, and for how many seconds an intake as it is shipped let the vendor wait for it."""

    async def scene() -> tuple[int, float]:
        intake = Intake()
        with Stopwatch() as waited:
            status, _, _ = await ask(intake, "POST", PATH, body=b"{}", headers=signed(b"{}"))
        await intake.close()
        return status, waited.seconds

    return asyncio.run(scene())


def test_a_database_that_is_away_means_try_again_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        elsewhere(monkeypatch, nobody)
        status, seconds = in_time()
    assert status == 503
    assert seconds < 2.0
    assert stored() == []


def test_a_database_that_hangs_means_try_again_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        held: list[socket.socket] = []
        threading.Thread(target=lambda: held.append(silent.accept()[0]), daemon=True).start()
        elsewhere(monkeypatch, silent)
        status, seconds = in_time()
        for connected in held:
            connected.close()
    assert status == 503
    assert seconds < 2.0
    assert stored() == []
