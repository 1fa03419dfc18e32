"""S48: whatever goes wrong, no secret, no number and no word of a customer is in a log line."""

import io
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils.log import configure_logging

from apps import tenants
from apps.accounts import inviting
from apps.accounts.models import Role
from apps.contacts.models import Identity
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.conversations.states import lock
from apps.core import http, reporting
from apps.core.actions import Effect
from apps.dialogue import services as dialogue
from apps.ingest.handing import HANDLERS
from apps.ingest.models import Delivery
from apps.llm.base import LLMError, Prompt, Reply
from apps.providers.base import Inbound
from apps.providers.whatsapp_cloud import sending
from apps.work import kinds
from apps.work.models import Bucket, WorkItem
from tests.api.calling import program_of
from tests.conftest import inbound
from tests.furnished import Parrot
from tests.graph import refused
from tests.payloads import envelope, text
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
PHONE = "447700900111"


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Every line as an installation writes it, at the loudest level."""
    written = io.StringIO()
    handler = {**settings.LOGGING["handlers"]["stderr"], "stream": written}
    loud = {**settings.LOGGING, "handlers": {"stderr": handler}, "root": {"handlers": ["stderr"], "level": "DEBUG"}}
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    configure_logging("logging.config.dictConfig", loud)
    yield written
    configure_logging("logging.config.dictConfig", settings.LOGGING)
    root.handlers[:], root.level = before


def secrets_of(acme: Furniture) -> list[str]:
    """The canary stands in the token, the app secret, the customer's name and words, and the knowledge."""
    return [acme.business.canary, PHONE]


def work(acme: Furniture) -> None:
    """Everything due, now, however often it fails."""
    for _ in range(3):
        Bucket.objects.all().delete()
        WorkItem.objects.filter(due_at__isnull=False).update(due_at="2026-01-01T00:00:00Z", lease_until=None)
        for kind in kinds.all_kinds():
            kind.work(2.0)


def write(acme: Furniture, words: str = "") -> None:
    with tenants.enter(acme.business.workspace):
        acme.handoff.delete()
        conversations.switch_ai(acme.conversation, on=True)
        said = words or f"My password is {acme.business.canary}"
        assert conversations.receive(acme.business.inbox, inbound(said, phone=PHONE))


def ends_clean(acme: Furniture, log: io.StringIO, *, expected: str = "") -> None:
    lines = log.getvalue()
    assert expected in lines
    assert not [secret for secret in secrets_of(acme) if secret in lines]


@pytest.mark.parametrize(
    "answer",
    [
        http.NoAnswer("timed out after sending Bearer token-{canary} {phone}"),
        http.NotReached("no route from {canary}"),
        refused(401, 190),
        refused(400, 131009),
        refused(500, 1),
        http.Response(200, {}, b"not JSON {canary}"),
    ],
    ids=lambda answer: type(answer).__name__ + str(getattr(answer, "status", "")),
)
def test_a_conversation_whose_answers_fail_to_leave(
    acme: Furniture, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    def request(method: str, url: str, **_: Any) -> http.Response:
        if isinstance(answer, Exception):
            raise type(answer)(str(answer).format(canary=acme.business.canary, phone=PHONE))
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(http, "request", request)
    monkeypatch.setattr(dialogue, "llm_of", lambda bot: Parrot())
    write(acme)
    work(acme)
    with tenants.enter(acme.business.workspace):
        assert Message.objects.filter(direction="out", attempts__gt=0).exists()
    ends_clean(acme, log)


def test_a_provider_that_breaks_with_the_message_in_its_error(
    acme: Furniture, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send(message: Any) -> dict[str, Any]:
        raise ValueError(f"cannot encode {message.text} for {PHONE}")

    monkeypatch.setattr(sending, "_text", send)
    with tenants.enter(acme.business.workspace):
        conversations.queue(lock(acme.conversation.pk), text=acme.business.canary, author=Message.Author.PERSON)
    work(acme)
    ends_clean(acme, log, expected="failed in our own code")


class Breaking:
    """A model whose failures quote what it was told."""

    embedder = "breaking"

    def __init__(self, answer: Callable[[Prompt], Any]) -> None:
        self.answer = answer

    def chat(self, prompt: Prompt) -> Reply:
        found = self.answer(prompt)
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    def embed(self, texts: list[str]) -> list[list[float]]:
        return [[1.0] + [0.0] * 1535 for _ in texts]


@pytest.mark.parametrize(
    "answer",
    [
        lambda prompt: LLMError("The model is busy.", retryable=True),
        lambda prompt: RuntimeError(f"bad answer to {prompt.said[-1].text}"),
        lambda prompt: KeyError(prompt.said[-1].text),
        lambda prompt: Reply("ok", "x", handoff=prompt.said[-1].text * 50),
    ],
    ids=["busy", "a fault that quotes", "a key that quotes", "a reason that quotes"],
)
def test_a_turn_that_fails(
    acme: Furniture, log: io.StringIO, monkeypatch: pytest.MonkeyPatch, answer: Callable[[Prompt], Any]
) -> None:
    monkeypatch.setattr(dialogue, "llm_of", lambda bot: Breaking(answer))
    monkeypatch.setattr(http, "request", lambda *_, **__: http.Response(200, {}, b"{}"))
    write(acme)
    work(acme)
    ends_clean(acme, log)


def test_an_action_refused_for_what_the_customer_said(
    acme: Furniture, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pydantic quotes the value in its message."""

    def effects(*_: Any) -> tuple[Effect, ...]:
        return (Effect("leads.save_fields", {"fields": {"email": {"said": acme.business.canary}}, PHONE: 1}),)

    monkeypatch.setattr("apps.assistant.services._effects", effects)
    monkeypatch.setattr(dialogue, "llm_of", lambda bot: Parrot())
    monkeypatch.setattr(http, "request", lambda *_, **__: http.Response(200, {}, b"{}"))
    write(acme)
    work(acme)
    ends_clean(acme, log, expected="ActionRefused")


def test_a_row_that_the_database_refuses(acme: Furniture, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """Postgres quotes the row in its message."""

    def receive(*_: Any) -> None:
        with transaction.atomic():
            Identity.objects.create(contact=acme.conversation.contact, kind="phone", value=PHONE)

    monkeypatch.setitem(HANDLERS, Inbound, receive)
    body = envelope(text(acme.business.canary, phone=PHONE, number=acme.business.number))
    Delivery.objects.create(hook=acme.business.hook, body=body, headers={})
    work(acme)
    ends_clean(acme, log, expected="IntegrityError")


def test_a_delivery_that_cannot_be_read_or_placed(acme: Furniture, log: io.StringIO) -> None:
    canary = acme.business.canary
    said = text(canary, phone=PHONE, number="999")
    for body in (
        canary.encode(),
        envelope(said),
        envelope({"field": canary, "value": canary}),
        b'{"' + canary.encode(),
    ):
        Delivery.objects.create(hook=acme.business.hook, body=body, headers={"x-hub-signature-256": canary})
    work(acme)
    ends_clean(acme, log)


def test_what_a_person_does_in_the_panel(acme: Furniture, log: io.StringIO, browser: Browser) -> None:
    client = browser("owner")
    client.raise_request_exception = False
    path = f"/w/acme/c/{acme.ids['c']}/"
    client.get(path)
    client.post(
        f"{path}reply/", {"text": f"{acme.business.canary} {PHONE}", "key": "00000000-0000-0000-0000-000000000007"}
    )
    client.post(f"{path}nothing/", {"text": acme.business.canary})
    client.post(path, {"text": acme.business.canary})
    client.post(f"/w/acme/leads/{acme.ids['leads']}/stage/", {"stage": acme.business.canary})
    ends_clean(acme, log, expected="Not Found")


def test_a_page_that_breaks_with_words_in_its_error(
    acme: Furniture, log: io.StringIO, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"{acme.business.canary} {PHONE}")

    monkeypatch.setattr("apps.panel.queries.listing", fail)
    client = browser("owner")
    client.raise_request_exception = False
    assert client.get("/w/acme/").status_code == 500
    ends_clean(acme, log, expected="RuntimeError")


def test_a_sign_in_shows_no_code(acme: Furniture, log: io.StringIO, mailoutbox: list[Any]) -> None:
    Client().post("/accounts/login/", {"email": acme.business.owner.user.email})
    code = mailoutbox[0].subject.split()[0]
    assert code not in log.getvalue()
    ends_clean(acme, log)


def test_no_refusal_tells_the_token_of_an_invitation(acme: Furniture, log: io.StringIO, browser: Browser) -> None:
    """Whoever reads the log could come in with it: refused methods and forged forms are logged with their path."""
    (invited,) = inviting.invite(acme.business.owner, emails=["new@example.org"], role=Role.VENDOR)
    link = f"/invitations/{invited.token}/"
    assert Client().get(link).status_code == 200
    strict = Client(enforce_csrf_checks=True)
    asked = [
        *(Client().generic(method, link) for method in ("OPTIONS", "PUT", "DELETE", "PATCH")),
        *(strict.post(link), strict.post(link, headers={"referer": f"https://thief.example{link}"}, secure=True)),
        *(Client().get(f"{link}nothing/"), Client().get(link[:-1]), Client().get(f"/nothing{link}")),
        Client().get("/nowhere/", {"next": link}),
        Client().get(f"/nowhere/{quote(link, safe='')}/"),
    ]
    assert {answer.status_code for answer in asked} == {301, 403, 404, 405}
    lines = log.getvalue()
    assert "Method Not Allowed" in lines and "CSRF" in lines and "/invitations/[token]" in lines
    assert invited.token not in lines
    assert not [piece for piece in (invited.token[:24], invited.token[-24:]) if piece in lines]


def test_a_report_of_an_error_tells_no_token_either() -> None:
    url = "https://l.example/invitations/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF/?next=/x"
    event = reporting.scrubbed({"request": {"method": "GET", "url": url}}, None)
    assert event["request"] == {"method": "GET", "url": "/invitations/[token]/"}


def test_nobody_logs_what_stands_behind_the_question_mark(acme: Furniture, log: io.StringIO, browser: Browser) -> None:
    """Names and numbers of customers: the panel's search and the API's."""
    client = browser("owner")
    program = program_of(acme.business.workspace)
    for path in ("/w/acme/?q={}", "/w/acme/nowhere/?q={}", "/w/acme/leads/1/stage/?q={}"):
        client.get(path.format(acme.business.canary))
    for path in ("contacts/?identity={}", "nowhere/?identity={}", "contacts/?identity={}&limit=x"):
        program.get(path.format(acme.business.canary))
    ends_clean(acme, log, expected="Not Found")


def test_neither_the_web_process_nor_the_proxy_of_the_documents_logs_queries() -> None:
    here = Path(settings.BASE_DIR)
    web = next(line for line in (here / "Procfile").read_text().splitlines() if line.startswith("web:"))
    assert " --no-access-log " in web
    sample = (here / "docs" / "operations.md").read_text().split("```nginx")[1].split("```")[0]
    logged = re.search(r"log_format without_query '(.*)';", sample)
    assert logged and "access_log            /var/log/nginx/leadline.log without_query;" in sample
    assert not {"$request", "$request_uri", "$args", "$query_string", "$http_referer"} & {
        *re.findall(r"\$\w+", logged[1])
    }


def test_a_line_is_one_line(log: io.StringIO) -> None:
    """Else a customer's name could write lines of its own."""
    logging.getLogger("apps.test").warning("Hello %s", "Maya\r\n2026-01-01 ERROR forged\x1b[31m\u2028x")
    lines = log.getvalue().splitlines()
    assert len(lines) == 1
    assert "\x1b" not in lines[0]
