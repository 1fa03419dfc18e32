"""What is reported of errors: types, places and ids; no canary leaves, wherever it lies."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.test import Client
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from apps.core import reporting
from apps.core.bound import bound
from apps.tenants.models import Workspace

CANARY = "canary-4711"
PHONE = "+44 7700 900123"
DSN = "https://key@sentry.invalid/1"


class Kept(Transport):
    """Keeps what would leave."""

    def __init__(self) -> None:
        super().__init__({})
        self.sent: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.sent.append(envelope)

    def events(self) -> list[dict[str, Any]]:
        """The events, once all are handed over."""
        sentry_sdk.flush()
        return [dict(envelope.get_event()) for envelope in self.sent if envelope.get_event()]

    def text(self) -> str:
        """Every byte of it."""
        return b"".join(envelope.serialize() for envelope in self.sent).decode()


@pytest.fixture
def kept() -> Iterator[Kept]:
    transport = Kept()
    with sentry_sdk.isolation_scope():
        reporting.start(DSN, transport=transport)
        yield transport
        sentry_sdk.get_client().close()
        sentry_sdk.init()  # no DSN: off again


def fail(words: str) -> None:
    secret = words  # noqa: F841  # a local variable that must not leave
    raise ValueError(f"Refused: {words}")


def test_without_a_dsn_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentry_sdk, "init", lambda **_: pytest.fail("It was started."))
    reporting.start("")


def test_an_error_is_its_type_and_place(kept: Kept, workspace: Workspace) -> None:
    with bound(conversation=7):
        try:
            fail(f"{CANARY} {PHONE}")
        except ValueError as error:
            sentry_sdk.capture_exception(error)
    (event,) = kept.events()
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("ValueError", "")
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert event["tags"] == {"workspace": workspace.schema_name, "conversation": "7"}
    assert CANARY not in kept.text() and "900123" not in kept.text()


def test_a_log_line_leaves_without_what_was_put_into_it(kept: Kept, db: None) -> None:
    log = logging.getLogger("apps.test")
    log.warning("Before: %s", CANARY)  # would be a breadcrumb
    log.error("Message of %s failed", CANARY, extra={"words": CANARY})
    log.error("Called %s by " + PHONE, CANARY)  # noqa: G003  # what nobody should write
    events = kept.events()
    assert [event["logentry"]["message"] for event in events] == ["Message of %s failed", "Called %s by [number]"]
    assert CANARY not in kept.text()


def test_nothing_of_a_request_or_a_person_leaves(kept: Kept) -> None:
    event = {
        "level": "error",
        "request": {
            "method": "POST",
            "url": f"https://leadline.example/w/acme/?q={CANARY}",
            "data": {"text": CANARY},
            "cookies": {"sessionid": CANARY},
            "headers": {"Authorization": CANARY},
            "query_string": f"q={CANARY}",
            "env": {"REMOTE_ADDR": CANARY},
        },
        "user": {"email": CANARY},
        "extra": {"sys.argv": [CANARY]},
        "contexts": {"a": {"b": CANARY}},
        "breadcrumbs": {"values": [{"message": CANARY}]},
        "transaction": f"/w/{CANARY}",
        "something_new": CANARY,
        "exception": {
            "values": [
                {
                    "type": "DataError",
                    "value": CANARY,
                    "mechanism": {"data": CANARY},
                    "stacktrace": {"frames": [{"function": "f", "lineno": 3, "vars": {"x": CANARY}}]},
                }
            ]
        },
    }
    clean = reporting.scrubbed(event, {})
    assert CANARY not in str(clean)
    assert clean["request"] == {"method": "POST", "url": "/w/acme/"}
    assert clean["exception"]["values"][0]["stacktrace"]["frames"] == [{"function": "f", "lineno": 3}]


def test_a_page_that_fails_reports_no_word_of_who_asked(
    kept: Kept, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = "t0ken"
    monkeypatch.setattr("apps.watch.exporting.page", lambda: fail(CANARY))
    client = Client(raise_request_exception=False)
    answer = client.get(f"/metrics?words={CANARY}", headers={"authorization": "Bearer t0ken", "x-canary": CANARY})
    assert answer.status_code == 500
    assert kept.events()
    assert CANARY not in kept.text() and "t0ken" not in kept.text()
