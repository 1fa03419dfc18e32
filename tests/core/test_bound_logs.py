"""Log lines for programs: one JSON object each, with the ids of what it belongs to, forged and betrayed by nobody."""

import io
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from apps import tenants
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.core.bound import bound, told
from apps.core.masks import masked
from apps.dialogue import services as dialogue
from apps.inboxes.models import Inbox
from apps.tenants.logs import JsonFormatter, WorkspaceFilter
from apps.tenants.models import Workspace
from apps.work import kinds
from apps.work.models import WorkItem
from tests.conftest import inbound
from tests.graph import Graph

log = logging.getLogger("apps.test")


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines as an installation writes them."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WorkspaceFilter())
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)


def test_a_line_names_what_it_belongs_to(lines: Any, workspace: Workspace) -> None:
    with bound(request="abc", conversation=7), bound(turn=9):
        log.warning("Something of %s", 5)
    log.warning("After")
    first, second = lines()
    assert {name: value for name, value in first.items() if name != "time"} == {
        "level": "WARNING",
        "logger": "apps.test",
        "message": "Something of 5",
        "workspace": workspace.schema_name,
        "request": "abc",
        "conversation": 7,
        "turn": 9,
    }
    assert first["time"].endswith("+00:00")
    assert "conversation" not in second


def test_nobody_writes_a_line_of_their_own(lines: Any, db: None) -> None:
    log.warning("Said %s", 'x\r\n{"level": "ERROR"}\x1b[31m\u2028\x85\x00"')
    (line,) = lines()
    assert line["level"] == "WARNING"
    assert not set(line["message"]) & set("\r\n\x1b\u2028\x85\x00")


def test_an_error_shows_where_it_was_and_not_what_it_says(lines: Any, db: None) -> None:
    try:
        raise ValueError("canary")
    except ValueError:
        log.exception("It failed")
    (line,) = lines()
    assert line["error"] == "builtins.ValueError"
    assert "test_bound_logs.py" in line["frames"]
    assert "canary" not in line["message"] + line["frames"].replace('raise ValueError("canary")', "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call +44 20 7946 0000 now", "Call [number] now"),
        ("447700900123", "[number]"),
        ("(555) 123-4567-89", "[number]"),
        ("to maya.lind+x@example.co.uk, please", "to [e-mail], please"),
        ("at 2026-11-21 16:18:50,123", "at 2026-11-21 16:18:50,123"),
        ("2026-11-21T16:18:50.123456+00:00", "2026-11-21T16:18:50.123456+00:00"),
        ("192.168.100.200:8000", "192.168.100.200:8000"),
        ("w_0123456789012345 host.12345678901.relay", "w_0123456789012345 host.12345678901.relay"),
        ("12345678-1234-1234-1234-123456789012", "12345678-1234-1234-1234-123456789012"),
        ("Delivery 12345678 failed", "Delivery 12345678 failed"),
    ],
)
def test_what_looks_like_a_person_is_blotted_out(text: str, left: str) -> None:
    assert masked(text) == left


def test_hostile_text_is_masked_in_time() -> None:
    for text in ("1 " * 50_000, "a" * 100_000 + "@", "@." * 50_000, "(" * 100_000):
        started = time.process_time()
        masked(text)
        assert time.process_time() - started < 0.5


def test_a_turn_and_a_send_are_bound(
    workspace: Workspace, inbox: Inbox, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, dict[str, Any]] = {}
    real_turn, real_send = dialogue.take_turn, conversations.delivering._send

    def turn(claim: Any) -> Any:
        seen["turn"] = told()
        return real_turn(claim)

    def send(message: Message, claim: Any) -> float:
        seen["send"] = told()
        return real_send(message, claim)

    monkeypatch.setattr(dialogue, "take_turn", turn)
    monkeypatch.setattr(conversations.delivering, "_send", send)
    WorkItem.objects.all().delete()
    message = conversations.receive(inbox, inbound("Hello"))
    for name in ("dialogue.take_turns", "conversations.deliver"):
        kinds.get(name).work(3.0)
    conversation = message.conversation_id
    here = {"workspace": workspace.schema_name, "item": str(conversation), "conversation": conversation}
    assert seen["turn"] == {**here, "work": "dialogue.take_turns"}
    sent = Message.objects.filter(direction="out").earliest("pk")
    assert seen["send"] == {**here, "work": "conversations.deliver", "message_id": sent.pk}
    assert "conversation" not in told()


@pytest.mark.parametrize(("trusted", "kept"), [(True, True), (False, False)])
def test_a_request_has_a_name(db: None, settings: Any, trusted: bool, kept: bool) -> None:
    settings.TRUST_PROXY = trusted
    with tenants.enter(None):
        answer = Client().get("/livez", headers={"X-Request-ID": "proxy-0001"})
    assert (answer["X-Request-ID"] == "proxy-0001") is kept
    assert len(answer["X-Request-ID"]) >= 8


@pytest.mark.parametrize("odd", ["short", "x" * 65, "a b c d e f g", "äöüäöüäöü", '"><script>x'])
def test_an_odd_name_is_replaced(db: None, settings: Any, odd: str) -> None:
    settings.TRUST_PROXY = True
    with tenants.enter(None):
        answer = Client().get("/livez", headers={"X-Request-ID": odd})
    assert answer["X-Request-ID"] != odd and len(answer["X-Request-ID"]) == 16
