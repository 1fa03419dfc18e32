"""The intake and the web chat: only pages of the chat's websites post, their browsers are told so, and vendors' kinds
are as they were."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from apps.ingest.models import Delivery
from apps.providers.web_chat import posts, tokens
from apps.tenants.models import Hook
from tests.intake import asked

SITE = "https://shop.example"
SECRET = "chat-secret"
KEY = "cha7cha7cha7cha7cha7ch"
PATH = f"/webhook/web_chat/{KEY}/"
VISITOR = "0123456789abcdef" * 2
TOKEN = tokens.issue(SECRET, KEY, VISITOR)
BODY = json.dumps({"widget": KEY, "visitor": VISITOR, "messages": [{"id": "5f0c1c1e-2f63", "text": "Hi"}]}).encode()


@pytest.fixture(autouse=True)
def hook(django_db_setup: None, django_db_blocker: Any) -> Iterator[Hook]:
    """A committed hook with a website, since the intake has connections of its own."""
    with django_db_blocker.unblock():
        made = Hook.objects.create(provider="web_chat", key=KEY, secrets=SECRET, origins=f"{SITE}\nhttps://b.example")
        yield made
        Delivery.objects.filter(hook=made).delete()
        made.delete()
        connection.close()


def call(
    method: str = "POST", body: bytes = BODY, path: str = PATH, client: str = "192.0.2.1", **changed: str | None
) -> tuple[int, dict[str, str]]:
    """One request as the script makes it; a header is changed by its name, None leaves it out."""
    headers = {"origin": SITE, "content-type": "application/json", "authorization": f"Visitor {TOKEN}"}
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}  # type: ignore[misc]

    given = [(name, value) for name, value in headers.items() if value is not None]
    ((status, answered, _),) = asked({"method": method, "path": path, "body": body, "headers": given, "client": client})
    return status, answered


def stored() -> list[Delivery]:
    return list(Delivery.objects.filter(hook__key=KEY))


def test_a_visitors_post_is_stored_without_their_token() -> None:
    status, headers = call()
    assert (status, headers["Access-Control-Allow-Origin"], headers["Vary"]) == (200, SITE, "Origin")
    (delivery,) = stored()
    assert bytes(delivery.body) == BODY
    assert TOKEN not in json.dumps(delivery.headers) + bytes(delivery.body).decode()


@pytest.mark.parametrize("origin", ["https://thief.example", "null", "", None, "https://shop.example.evil.io", "*"])
def test_another_website_is_refused_and_nothing_is_stored(origin: str | None) -> None:
    status, headers = call(origin=origin)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in headers
    assert stored() == []


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Visitor ",
        TOKEN,
        f"Bearer {TOKEN}",
        f"Visitor {TOKEN[:-1]}",
        f"Visitor {tokens.issue('another secret', KEY, VISITOR)}",
        f"Visitor {tokens.issue(SECRET, 'another widget', VISITOR)}",
        f"Visitor {tokens.issue(SECRET, KEY, 'f' * 32)}",
        f"Visitor {tokens.issue(SECRET, KEY, 'not a visitor')}",
    ],
    # A token tells when it was issued, and tests that run side by side must be called the same.
    ids=["none", "empty", "no token", "no scheme", "another scheme", "cut off", "another secret", "another widget"]
    + ["another visitor", "no visitor"],
)
def test_a_forged_or_foreign_token_is_refused_and_nothing_is_stored(authorization: str | None) -> None:
    assert call(authorization=authorization)[0] == 403
    assert stored() == []


def test_a_post_that_browsers_send_unasked_is_refused() -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", None):
        assert call(content_type=kind)[0] == 415
    assert stored() == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", BODY.replace(VISITOR.encode(), b"0" * 32)])
def test_a_body_that_names_nobody_or_another_is_refused(body: bytes) -> None:
    assert call(body=body)[0] == 403
    assert stored() == []


def test_a_body_over_64_kilobytes_is_too_large() -> None:
    assert call(body=BODY + b" " * 65536)[0] == 413
    assert stored() == []


def test_the_preflight_is_answered_for_the_website_alone_and_stores_nothing() -> None:
    status, headers = call("OPTIONS", b"", authorization=None, content_type=None)
    assert (status, headers["Access-Control-Allow-Origin"]) == (200, SITE)
    assert headers["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert call("OPTIONS", b"", origin="https://thief.example")[0] == 403
    assert stored() == []


def test_other_methods_are_refused() -> None:
    assert [call(method)[0] for method in ("GET", "PUT", "DELETE")] == [405, 405, 405]
    assert call("OPTIONS", path="/webhook/whatsapp_cloud/default/")[0] == 405


def test_an_unknown_key_is_not_found() -> None:
    assert call(path="/webhook/web_chat/unknown/")[0] == 404
    assert stored() == []


def test_who_posts_too_often_waits_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posts._visitors, "clock", lambda: 0.0)
    statuses = [call()[0] for _ in range(32)]
    assert statuses == [200] * 30 + [429] * 2
    other = "f" * 32
    body = BODY.replace(VISITOR.encode(), other.encode())
    assert call(body=body, authorization=f"Visitor {tokens.issue(SECRET, KEY, other)}")[0] == 200
    assert len(stored()) == 31


def as_visitor(visitor: str, text: str = "Hi", **how: str) -> tuple[int, dict[str, str]]:
    """One post of another visitor, rightly signed."""
    body = json.dumps({"widget": KEY, "visitor": visitor, "messages": [{"id": "5f0c1c1e-2f63", "text": text}]})
    return call(body=body.encode(), authorization=f"Visitor {tokens.issue(SECRET, KEY, visitor)}", **how)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes between posts, and few are allowed."""
    for pace, burst in ((posts._networks, 20), (posts._visitors, 3), (posts._websites, 5)):
        monkeypatch.setattr(pace, "clock", lambda: 0.0)
        monkeypatch.setattr(pace, "burst", burst)


def test_forged_tokens_use_up_nothing_of_the_websites_visitors(still: None) -> None:
    """Anybody knows a chat's key and website: what they post unsigned counts for their own network alone."""
    forged = [call(client="203.0.113.9", authorization=f"Visitor {'0' * 32}.{n}")[0] for n in range(25)]
    assert forged == [403] * 20 + [429] * 5
    stolen_name = call(client="203.0.113.9", authorization=f"Visitor {TOKEN}")
    assert (stolen_name[0], stolen_name[1]["Retry-After"]) == (429, "5")
    assert stolen_name[1]["Access-Control-Allow-Origin"] == SITE
    assert call(client="192.0.2.1")[0] == 200


def test_a_visitor_with_many_tokens_is_one_visitor(still: None, monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = []
    for second in range(5):
        monkeypatch.setattr("time.time", lambda second=second: 1_800_000_000 + second)
        statuses.append(as_visitor(VISITOR)[0])
    assert statuses == [200] * 3 + [429] * 2


def test_what_is_signed_counts_for_its_own_chat_whatever_website_it_names(still: None) -> None:
    other = Hook.objects.create(provider="web_chat", key="theirs", secrets="their-secret", origins=SITE)
    try:
        for n in range(6):
            visitor = f"{n:032x}"
            body = json.dumps({"widget": "theirs", "visitor": visitor, "messages": []}).encode()
            token = tokens.issue("their-secret", "theirs", visitor)
            call(body=body, path="/webhook/web_chat/theirs/", authorization=f"Visitor {token}", client="203.0.113.9")
        assert call()[0] == 200
    finally:
        Delivery.objects.filter(hook=other).delete()
        other.delete()


def test_behind_a_proxy_the_network_is_the_one_it_names(still: None, settings: Any) -> None:
    settings.TRUST_PROXY = True
    forged = {"authorization": "Visitor none", "client": "10.0.0.1"}
    answers = [call(x_forwarded_for=f"198.51.100.{n}, 203.0.113.9:{5000 + n}", **forged)[0] for n in range(21)]
    assert answers == [403] * 20 + [429]
    assert call(client="10.0.0.1", x_forwarded_for="192.0.2.1:443")[0] == 200
