"""S01 and S03: only who has the hook's own secret is believed, about exactly these bytes; else no row is written."""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest

from apps import tenants
from apps.inboxes.widgets import connect_widget
from apps.ingest.models import Delivery
from apps.providers.web_chat import tokens
from apps.tenants.models import Hook
from tests.furnished import Business, committed, rows
from tests.payloads import envelope, sign, text
from tests.security.acts import WEBHOOKS
from tests.security.webhooks import Headers, path_of, posted, signed

SITE = "https://shop.example"
FLIPS = 200


@pytest.fixture(autouse=True)
def _from_outside() -> None:
    """These tests commit: the intake has connections of its own."""


@pytest.fixture
def two(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Business, Business]]:
    with committed(django_db_blocker) as both:
        yield both


def hello(business: Business) -> bytes:
    return envelope(text("Hello", phone="447700900123", number=business.number))


def nothing_came_in(*businesses: Business, before: list[str]) -> bool:
    return Delivery.objects.count() == 0 and [rows(one.workspace) for one in businesses] == before


def test_who_has_another_secret_or_none_is_refused(two: tuple[Business, Business]) -> None:
    acme, other = two
    body, before = hello(acme), [rows(one.workspace) for one in two]
    right = sign(body, acme.secret)
    anew = json.dumps(json.loads(body), separators=(",", ":")).encode()
    forged: list[Headers] = [
        [],
        signed(body, other.secret),
        signed(body, acme.token),
        signed(body, f"verify-{acme.canary}"),
        signed(body, ""),
        signed(body + b"\n", acme.secret),
        signed(anew, acme.secret),
        [("X-Hub-Signature-256", right.removeprefix("sha256="))],
        [("X-Hub-Signature-256", right.upper())],
        [("X-Hub-Signature-256", f"{right},{right}")],
        [("X-Hub-Signature-256", right), ("X-Hub-Signature-256", right)],
        [("X-Hub-Signature-256", sign(body, other.secret)), ("X-Hub-Signature-256", right)],
        [("X-Hub-Signature", right)],
        [("Authorization", f"Bearer {acme.token}")],
    ]
    assert anew != body
    assert posted(path_of(acme), *((body, headers) for headers in forged)) == [403] * len(forged)
    assert nothing_came_in(*two, before=before)
    assert posted(path_of(acme), (body, signed(body, acme.secret))) == [200]


def test_not_one_byte_may_change(two: tuple[Business, Business]) -> None:
    acme, chance = two[0], random.Random(3)
    body, before = hello(acme), [rows(one.workspace) for one in two]
    changed = []
    for _ in range(FLIPS):
        other = bytearray(body)
        place, kind = chance.randrange(len(body)), chance.choice(["flip", "drop", "double"])
        if kind == "flip":
            other[place] ^= 1 << chance.randrange(8)
        else:
            other[place : place + 1] = body[place : place + 1] * (0 if kind == "drop" else 2)
        changed.append(bytes(other))
    changed = [one for one in changed if one != body]
    headers = signed(body, acme.secret)
    assert len(changed) == FLIPS
    assert set(posted(path_of(acme), *((one, headers) for one in changed))) == {403}
    assert nothing_came_in(*two, before=before)


def test_a_visitors_post_needs_the_very_visitors_token_of_the_very_chat(two: tuple[Business, Business]) -> None:
    (key, secret), (foreign_key, foreign_secret) = (chat_of(business) for business in two)
    me, victim = tokens.new_visitor(), tokens.new_visitor()
    mine, body = tokens.issue(secret, key, me), said(key, me)

    def of(token: str, site: str = SITE, kind: str = "application/json") -> Headers:
        return [("Origin", site), ("Content-Type", kind), ("Authorization", f"Visitor {token}")]

    forged = [
        (body, of("")),
        (body, of(tokens.issue(foreign_secret, foreign_key, me))),
        (body, of(tokens.issue(foreign_secret, key, me))),
        (body, of(tokens.issue(secret, foreign_key, me))),
        (body, of(victim + mine[32:])),
        (said(key, victim), of(mine)),
        (said(foreign_key, me), of(mine)),
        (said(foreign_key, me), of(tokens.issue(foreign_secret, foreign_key, me))),
        (body, of(mine, site="https://thief.example")),
        (body, of(mine, site="null")),
        (body, of(mine, kind="text/plain")),
    ]
    before = [rows(one.workspace) for one in two]
    path = f"/webhook/web_chat/{key}/"
    assert posted(path, *forged) == [403] * 10 + [415]
    assert nothing_came_in(*two, before=before)
    assert posted(path, (body, of(mine))) == [200]


@pytest.mark.parametrize("provider", WEBHOOKS)
def test_every_webhook_address_answers_as_its_row_says(two: tuple[Business, Business], provider: str) -> None:
    """And who signs with the secret of another workspace's hook is answered as who signs nothing."""
    path, right, foreign = {"web_chat": at_chats, "whatsapp_cloud": at_numbers}[provider](*two)
    row, before = WEBHOOKS[provider], [rows(one.workspace) for one in two]
    body = b'{"a": 1}'
    answers = {
        method: posted(path, (b"" if method == "GET" else body, []), method=method)[0] for method in row.unsigned
    }
    assert answers == row.unsigned
    assert posted(path, foreign) == [row.unsigned["POST"]]
    assert nothing_came_in(*two, before=before)
    assert posted(path, right) == [200]
    assert Delivery.objects.count() == 1


Post = tuple[bytes, Headers]


def at_numbers(acme: Business, other: Business) -> tuple[str, Post, Post]:
    """The address, a post signed rightly, and one with another's secret."""
    body = hello(acme)
    return path_of(acme), (body, signed(body, acme.secret)), (body, signed(body, other.secret))


def at_chats(acme: Business, other: Business) -> tuple[str, Post, Post]:
    """The same at a web chat."""
    (key, secret), (_, foreign) = (chat_of(acme), chat_of(other))
    visitor = tokens.new_visitor()
    posts = [
        (
            said(key, visitor),
            [("Origin", SITE), ("Content-Type", "application/json")]
            + [("Authorization", f"Visitor {tokens.issue(one, key, visitor)}")],
        )
        for one in (secret, foreign)
    ]
    return f"/webhook/web_chat/{key}/", posts[0], posts[1]


def chat_of(business: Business) -> tuple[str, str]:
    """Key and secret of a web chat of the workspace."""
    with tenants.enter(business.workspace):
        inbox = connect_widget(business.workspace, bot=business.bot, name="Chat", websites=SITE).inbox
    return inbox.external_key, Hook.objects.get(key=inbox.external_key).secret_list[0]


def test_every_answer_is_counted_by_its_status(two: tuple[Business, Business]) -> None:
    """Who looks after the installation sees a wave of forgeries in `webhook_answers`."""
    acme, other = two
    body = hello(acme)
    with counted() as before:
        posted(path_of(acme), (body, []), (body, signed(body, other.secret)), (body, signed(body, acme.secret)))
        posted("/webhook/whatsapp_cloud/nowhere/", (body, []))
        posted(path_of(acme), (body, []), method="PUT")
    assert before() == {403: 2, 200: 1, 404: 1, 405: 1}


@contextmanager
def counted() -> Iterator[Callable[[], dict[int, int]]]:
    """What is counted under `webhook_answers` within, by status."""
    found: Counter[int] = Counter()

    def count(name: str, label: object = "", *_: Any, **__: Any) -> None:
        if name == "webhook_answers":
            found[int(str(label))] += 1

    with mock.patch("apps.core.metrics.count", count):
        yield lambda: dict(found)


def said(key: str, visitor: str) -> bytes:
    message = {"id": "00000000-0000-4000-8000-000000000001", "text": "Hello"}
    return json.dumps({"widget": key, "visitor": visitor, "messages": [message]}).encode()
