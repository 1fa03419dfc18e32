"""What every provider promises, tested over the whole registry."""

import json
import logging

import pytest
from pytest_django import Settings

from apps.providers import registry, whatsapp_cloud
from apps.providers.base import (
    LONGEST_LANE,
    TROUBLES,
    Credentials,
    Identity,
    IdentityKind,
    Notice,
    Outbound,
    Party,
    SendError,
    Status,
    Trouble,
    Unreadable,
    UnreadableBody,
)
from tests.core.outside import Script, answer, outside
from tests.payloads import envelope, text
from tests.providers.cases import body_of, recorded, signed_for, tampered

KINDS = registry.kinds()
#: Those that somebody else carries over HTTP; the web chat's messages are read from us.
CARRIED = [kind for kind in KINDS if kind != "web_chat"]
SECRET = "hook-secret-8842"
TOKEN = "EAAJtoken0000secret"
MESSAGE = Outbound("key-1", Party((Identity(IdentityKind.PHONE, "34611204987"),)), "hola")
EVERY = [(kind, name) for kind in KINDS for name in recorded(kind)]


def test_unknown_kind_is_named_with_the_known_ones() -> None:
    with pytest.raises(registry.UnknownProvider, match="'pigeon'.*whatsapp_cloud"):
        registry.get("pigeon")
    with pytest.raises(registry.UnknownProvider):
        registry.label("")


@pytest.mark.parametrize("kind", KINDS)
def test_provider_is_what_the_registry_says(kind: str) -> None:
    provider = registry.get(kind)
    assert (provider.kind, provider.label) == (kind, registry.label(kind))
    assert provider.max_body > 0 and provider.max_text > 0 and provider.rate_per_minute > 0
    assert provider.reply_window >= 0
    assert provider.not_stored in (429, 500, 503)
    assert provider.redact and all(key == key.lower() for key in provider.redact)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_only_the_right_signature_is_believed(kind: str, name: str) -> None:
    provider, body = registry.get(kind), body_of(kind, name)
    headers = signed_for(kind, SECRET, body)
    assert provider.verify((SECRET,), headers, body)
    assert not provider.verify(("another",), headers, body)
    assert not provider.verify((), headers, body)
    assert not provider.verify(("",), signed_for(kind, "", body), body)
    assert not provider.verify((SECRET,), {}, body)
    assert not provider.verify((SECRET,), headers, tampered(kind, body))


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_a_bodys_lane_is_the_first_number_that_it_is_about(kind: str, name: str) -> None:
    provider, body = registry.get(kind), body_of(kind, name)
    keys = [item.route_key for item in provider.parse({}, body) if not isinstance(item, Unreadable)]
    assert not keys or provider.lane(body) in ("", keys[0], f"{keys[0]} news")  # it may hold nothing for anybody
    assert len(provider.lane(body)) <= LONGEST_LANE


@pytest.mark.parametrize("name", recorded("whatsapp_cloud"))
def test_what_people_write_never_waits_behind_news_of_our_messages(name: str) -> None:
    """A campaign of ten thousand messages brings thirty thousand statuses."""
    body = body_of("whatsapp_cloud", name)
    items = [item for item in whatsapp_cloud.parse({}, body) if not isinstance(item, Unreadable | Notice)]
    if whatsapp_cloud.lane(body).endswith(" news"):
        assert all(isinstance(item, Status) for item in items)
    else:
        assert not items or any(not isinstance(item, Status) for item in items)


def test_nobody_can_write_themselves_into_another_numbers_lane() -> None:
    """What a customer writes stands in a text, where its quotes are escaped; a hostile body is no number."""
    said = text('"phone_number_id":"666", "statuses":[], "messages":[', phone="447700900123", number="1001")
    said["value"]["metadata"] = {"display_phone_number": "1", **said["value"].pop("metadata")}  # after the text
    assert whatsapp_cloud.lane(envelope(said)) == "1001"
    for body in (b"", b"[]", b'{"phone_number_id": "1 OR 1=1"}', b'{"phone_number_id": "%s"}' % (b"9" * 61)):
        assert whatsapp_cloud.lane(body) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"nonsense", b"[]", b"[" * 10_000, b"null"])
def test_rubbish_is_an_unreadable_body(kind: str, body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        registry.get(kind).parse({}, body)


@pytest.mark.parametrize(("kind", "name"), EVERY)
def test_repeated_body_gives_the_same_items(kind: str, name: str) -> None:
    body = body_of(kind, name)
    assert registry.get(kind).parse({}, body) == registry.get(kind).parse({}, body)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_event_is_taken_without_complaint(kind: str) -> None:
    for body in ({}, {"object": "moon"}, {"event": "full_moon", "data": {"phase": 4}}):
        items = registry.get(kind).parse({}, json.dumps(body).encode())
        assert not any(type(item).__name__ in ("Inbound", "Status", "Echo") for item in items)


def outcome(settings: Settings, kind: str, script: Script) -> Trouble:
    """The trouble of one send to a vendor that answers so. Every vendor's address is a setting."""
    with outside(script) as server:
        settings.HTTP_TRUSTED_HOSTS = [server.host]
        settings.WHATSAPP_GRAPH_URL = server.url
        with pytest.raises(SendError) as caught:
            registry.get(kind).send(Credentials("1001", TOKEN), MESSAGE)
    assert len(server.requests) == 1
    return caught.value.failure.trouble


@pytest.mark.parametrize("kind", CARRIED)
def test_throttled_send_may_be_repeated(settings: Settings, kind: str) -> None:
    assert TROUBLES[outcome(settings, kind, answer(429))].retryable


@pytest.mark.parametrize("kind", CARRIED)
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_send_into_a_server_error_is_ambiguous(settings: Settings, kind: str, status: int) -> None:
    assert outcome(settings, kind, answer(status)) is Trouble.AMBIGUOUS


@pytest.mark.parametrize("kind", CARRIED)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_refused_send_is_not_repeated(settings: Settings, kind: str, status: int) -> None:
    assert not TROUBLES[outcome(settings, kind, answer(status))].retryable


@pytest.mark.parametrize("kind", CARRIED)
def test_secrets_reach_no_log(settings: Settings, caplog: pytest.LogCaptureFixture, kind: str) -> None:
    caplog.set_level(logging.DEBUG)
    provider, body = registry.get(kind), body_of(kind, recorded(kind)[0])
    provider.verify((SECRET,), signed_for(kind, SECRET, body), body)
    provider.parse({}, body)
    for status in (200, 400, 429, 500):
        outcome(settings, kind, answer(status, f'"{TOKEN}"'.encode()))
    assert TOKEN not in caplog.text
    assert SECRET not in caplog.text
    assert TOKEN not in repr(Credentials("1001", TOKEN))


@pytest.mark.parametrize("kind", CARRIED)
def test_failed_status_says_why(kind: str) -> None:
    failed = [
        item
        for name in recorded(kind)
        for item in registry.get(kind).parse({}, body_of(kind, name))
        if isinstance(item, Status) and item.state == "failed"
    ]
    assert failed
    for item in failed:
        assert item.failure is not None
        assert item.failure.trouble is not Trouble.AMBIGUOUS
        assert item.failure.text
