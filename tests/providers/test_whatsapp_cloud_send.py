"""What is sent to the Graph API, and what each outcome says about the message."""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from apps.providers import registry
from apps.providers.base import (
    Credentials,
    Failure,
    Identity,
    IdentityKind,
    Outbound,
    Party,
    SendError,
    Sent,
    Trouble,
)
from tests.clocks import Stopwatch
from tests.core.outside import Outside, Script, answer, free_port, outside, reset

WHATSAPP = registry.get("whatsapp_cloud")
CREDENTIALS = Credentials("318204557719063", "EAAJtoken0000secret")
PHONE = Identity(IdentityKind.PHONE, "34611204987")
BSUID = Identity(IdentityKind.BSUID, "ES.20417765093318420")
MESSAGE = Outbound("0192f0c4-7c1e-7b1a", Party((PHONE, BSUID), "Lucía"), "¡Hola! 🥘", "wamid.HBgTHEIRS01")
ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "34611204987", "wa_id": "34611204987", "user_id": "ES.20417765093318420"}],
    "messages": [{"id": "wamid.HBgOURS", "message_status": "accepted"}],
}


@contextmanager
def graph(settings: Settings, script: Script) -> Iterator[Outside]:
    """A server in the place of graph.facebook.com."""
    with outside(script) as server:
        settings.HTTP_TRUSTED_HOSTS = [server.host]
        settings.WHATSAPP_GRAPH_URL, settings.WHATSAPP_GRAPH_VERSION = server.url, "v26.0"
        yield server


def replying(body: Any, status: int = 200, **headers: str) -> Script:
    return answer(status, json.dumps(body).encode(), content_type="application/json", **headers)


def failing(settings: Settings, script: Script, message: Outbound = MESSAGE) -> Failure:
    """The failure of one send, which was made exactly once."""
    with graph(settings, script) as server, pytest.raises(SendError) as caught:
        WHATSAPP.send(CREDENTIALS, message)
    assert len(server.requests) == 1
    return caught.value.failure


def posted(server: Outside) -> tuple[str, dict[str, Any]]:
    """The request line and the JSON of the only request."""
    (request,) = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode(), json.loads(body)


def test_text_is_sent_with_our_key_as_opaque_data(settings: Settings) -> None:
    with graph(settings, replying(ACCEPTED)) as server:
        sent = WHATSAPP.send(CREDENTIALS, MESSAGE)
    assert sent == Sent("wamid.HBgOURS", Party((PHONE, BSUID)))
    assert posted(server) == (
        "POST /v26.0/318204557719063/messages HTTP/1.1",
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "34611204987",
            "type": "text",
            "text": {"body": "¡Hola! 🥘", "preview_url": False},
            "biz_opaque_callback_data": "0192f0c4-7c1e-7b1a",
            "context": {"message_id": "wamid.HBgTHEIRS01"},
        },
    )
    assert b"authorization: bearer eaajtoken0000secret" in server.requests[0].lower()


def test_person_without_a_phone_is_addressed_by_user_id(settings: Settings) -> None:
    with graph(settings, replying(ACCEPTED)) as server:
        WHATSAPP.send(CREDENTIALS, Outbound("k", Party((BSUID,)), "hola"))
    _, payload = posted(server)
    assert payload["recipient"] == "ES.20417765093318420"
    assert "to" not in payload
    assert "context" not in payload


def test_person_known_by_user_name_alone_is_not_written_to(settings: Settings) -> None:
    nameless = Party((Identity(IdentityKind.USERNAME, "nico.rivas"),))
    with graph(settings, replying(ACCEPTED)) as server, pytest.raises(SendError) as caught:
        WHATSAPP.send(CREDENTIALS, Outbound("k", nameless, "hola"))
    assert caught.value.failure.trouble is Trouble.UNDELIVERABLE
    assert server.connections == 0


def test_number_that_meta_corrects_is_told(settings: Settings) -> None:
    body = {"contacts": [{"input": "5511987654321", "wa_id": "551187654321"}], "messages": [{"id": "wamid.1"}]}
    with graph(settings, replying(body)):
        sent = WHATSAPP.send(CREDENTIALS, MESSAGE)
    assert sent.recipient == Party((Identity(IdentityKind.PHONE, "551187654321"),))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": []},
        {"messages": [{}]},
        {"messages": "x"},
        {"messages": [{"id": ""}]},
        {"success": True},
        [1],
        None,
    ],
    ids=json.dumps,
)
def test_acceptance_without_a_message_id_is_ambiguous(settings: Settings, body: Any) -> None:
    assert failing(settings, replying(body)).trouble is Trouble.AMBIGUOUS


@pytest.mark.parametrize("script", [answer(200, b"<html>"), answer(200, b"")], ids=["html", "empty"])
def test_acceptance_that_is_no_json_is_ambiguous(settings: Settings, script: Script) -> None:
    assert failing(settings, script).trouble is Trouble.AMBIGUOUS


def refusal(code: int, details: str) -> dict[str, Any]:
    return {
        "error": {
            "message": f"(#{code}) refused",
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
            "fbtrace_id": "AXsgnV2Cm3ZMGF3dF",
        }
    }


def test_refusal_with_a_code_is_read_by_the_table(settings: Settings) -> None:
    failure = failing(settings, replying(refusal(131026, "34611204987 is not on WhatsApp"), 400))
    assert failure == Failure(Trouble.UNDELIVERABLE, "131026", "[number] is not on WhatsApp")


def test_throttling_says_how_long_to_wait(settings: Settings) -> None:
    failure = failing(settings, replying(refusal(130429, "too fast"), 429, retry_after="12"))
    assert failure == Failure(Trouble.THROTTLED, "130429", "too fast", 12.0)


def test_server_error_is_ambiguous_also_with_a_transient_code(settings: Settings) -> None:
    failure = failing(settings, replying(refusal(131000, "Something went wrong"), 500))
    assert failure == Failure(Trouble.AMBIGUOUS, "131000", "Something went wrong")


@pytest.mark.parametrize(
    "script",
    [
        reset,
        lambda connection: connection.close(),
        answer(200, b'{"messages":[{"id":"wamid.1"}]', content_length="999"),
    ],
    ids=["reset", "closed", "two lengths"],
)
def test_connection_lost_after_the_request_is_ambiguous(settings: Settings, script: Script) -> None:
    assert failing(settings, script).trouble is Trouble.AMBIGUOUS


def test_body_cut_off_is_ambiguous(settings: Settings) -> None:
    def script(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + json.dumps(ACCEPTED).encode())
        reset(connection)

    assert failing(settings, script).trouble is Trouble.AMBIGUOUS


def test_nobody_listening_was_not_reached(settings: Settings) -> None:
    port = free_port()
    settings.HTTP_TRUSTED_HOSTS = [f"127.0.0.1:{port}"]
    settings.WHATSAPP_GRAPH_URL = f"http://127.0.0.1:{port}"
    with pytest.raises(SendError) as caught:
        WHATSAPP.send(CREDENTIALS, MESSAGE)
    assert caught.value.failure.trouble is Trouble.NOT_REACHED
    assert caught.value.failure.retryable


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "señal", "x" * 2001])
def test_token_that_no_header_can_carry_is_the_account_s_fault(settings: Settings, token: str) -> None:
    with graph(settings, replying(ACCEPTED)) as server, pytest.raises(SendError) as caught:
        WHATSAPP.send(Credentials("318204557719063", token), MESSAGE)
    assert caught.value.failure.trouble is Trouble.ACCOUNT
    assert server.connections == 0


def test_number_id_cannot_lead_to_another_path(settings: Settings) -> None:
    with graph(settings, replying(ACCEPTED)) as server:
        WHATSAPP.send(Credentials("../me/x?a=b#", "EAAJtoken"), MESSAGE)
    assert posted(server)[0] == "POST /v26.0/..%2Fme%2Fx%3Fa%3Db%23/messages HTTP/1.1"


def test_read_mark_and_typing_go_out_together(settings: Settings) -> None:
    with graph(settings, replying({"success": True})) as server:
        WHATSAPP.signal(CREDENTIALS, "wamid.HBgTHEIRS01")
    assert posted(server) == (
        "POST /v26.0/318204557719063/messages HTTP/1.1",
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": "wamid.HBgTHEIRS01",
            "typing_indicator": {"type": "text"},
        },
    )


def test_mark_is_given_up_after_a_second(settings: Settings) -> None:
    silent = graph(settings, lambda connection: time.sleep(4))
    with silent, Stopwatch() as took, pytest.raises(SendError):
        WHATSAPP.signal(CREDENTIALS, "wamid.HBgTHEIRS01")
    assert took.seconds < 2.5


@pytest.mark.parametrize("status", [200, 400, 500])
def test_neither_log_nor_failure_holds_the_token_or_the_person(
    settings: Settings, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    told = f"{CREDENTIALS.token} to +34 611 20 49 87 or 34611204987 or ES.20417765093318420"
    failure = failing(settings, replying(refusal(100, told), status))
    written = caplog.text + repr(failure) + str(SendError(failure)) + repr(CREDENTIALS)
    for secret in (CREDENTIALS.token, "34611204987", "611 20 49", "20417765093318420", "Hola"):
        assert secret not in written
