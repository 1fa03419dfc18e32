"""S56: what is deep, wide, long or far away is refused or bounded; it costs neither memory, nor rows, nor an error."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import tenants
from apps.accounts.models import Membership, Role, User
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.conversations.models import Conversation, Message
from apps.handoff.models import Handoff
from apps.inboxes.models import Inbox
from apps.knowledge.models import Source
from apps.leads.models import Lead
from apps.panel.queries import PAGE
from tests.api.calling import program_of
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
#: Rows that a request may fetch from a table at most.
MOST_ROWS = 200
CROWD = 230
GROWING = [
    *(("c/{c}/", "rows=1000000000&after=0"), ("c/{c}/fragments/thread/", "rows=1000000000&after=0")),
    ("fragments/conversations/", "rows=1000000000&after=0"),
]


@pytest.mark.parametrize("depth", [2_000, 100_000])
@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"name":', b"1}")])
def test_json_that_is_nested_deeply_is_refused(acme: Furniture, depth: int, begin: bytes, end: bytes) -> None:
    tail = b"1" if begin == b'{"name":' else b""
    body = begin * depth + tail + (b"}" if tail else end) * depth
    answer = program_of(acme.business.workspace).call("POST", "bots/", raw=body)
    assert answer.status_code == 400
    with tenants.enter(acme.business.workspace):
        assert Bot.objects.count() == 1


@pytest.mark.parametrize("path", ["/accounts/login/", "/start/", "/w/acme/settings/"])
def test_ten_thousand_form_fields_are_refused(acme: Furniture, browser: Browser, path: str) -> None:
    data = "&".join(f"field{number}=x" for number in range(10_000))
    client = browser("nobody" if "login" in path else "owner")
    answer = client.post(path, data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400


def test_a_thousand_files_at_once_are_refused(acme: Furniture, browser: Browser) -> None:
    files = {f"logo{number}": SimpleUploadedFile(f"{number}.png", b"x") for number in range(1_000)}
    assert browser("owner").post("/w/acme/settings/", files).status_code == 400


@pytest.mark.parametrize("name", ["limit", "cursor", "page", "offset", "before", "id"])
@pytest.mark.parametrize("value", ["1000000000", "9" * 40, "-1", "1e9", "٣", "\x00", "a" * 8_000])
def test_a_page_that_is_far_away_costs_no_more_rows(acme: Furniture, name: str, value: str) -> None:
    program = program_of(acme.business.workspace)
    answer = program.client.get(
        "/api/v1/conversations/", {name: value}, headers={"Authorization": f"Bearer {program.token}"}
    )
    assert answer.status_code == 400 if name in ("limit", "cursor") else answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(answer.json()["results"]) <= MOST_ROWS


@pytest.mark.parametrize("name", ["page", "after", "before", "since", "q", "stage", "limit"])
@pytest.mark.parametrize("value", ["1000000000", "9" * 40, "-1", "\x00", "a" * 8_000])
@pytest.mark.parametrize("path", ["/w/acme/", "/w/acme/leads/", "/w/acme/waiting/"])
def test_a_list_of_people_survives_any_parameter(
    acme: Furniture, browser: Browser, path: str, name: str, value: str
) -> None:
    assert browser("owner").get(path, {name: value}).status_code in (200, 302, 400, 404)


def test_a_long_conversation_is_fetched_by_pages(acme: Furniture, browser: Browser) -> None:
    with tenants.enter(acme.business.workspace):
        model = acme.failed
        Message.objects.bulk_create(
            Message(
                conversation=acme.conversation, inbox=model.inbox, direction=model.direction, author=model.author,
                text=f"line {n}", external_id=f"x{n}", state=Message.State.RECEIVED,
            )
            for n in range(1_000)
        )  # fmt: skip
    client = browser("owner")
    client.get(f"/w/acme/c/{acme.conversation.pk}/")
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(f"/w/acme/c/{acme.conversation.pk}/")
    assert answer.status_code == 200
    assert answer.content.count(b"line ") <= MOST_ROWS
    assert len(seen) < 50


@contextmanager
def rows_counted() -> Iterator[list[tuple[int, str]]]:
    """How many rows each question was answered with, and the question."""
    counted: list[tuple[int, str]] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if sql.lstrip().startswith("SELECT"):
            counted.append((context["cursor"].rowcount, sql))
        return done

    with connection.execute_wrapper(count):
        yield counted


@pytest.fixture
def crowded(acme: Furniture) -> Furniture:
    """Several hundred of all that a page lists."""
    workspace, bot, inbox = acme.business.workspace, acme.business.bot, acme.business.inbox
    with tenants.enter(workspace):
        contacts = Contact.objects.bulk_create(Contact(name=f"customer {n}") for n in range(CROWD))
        talks = Conversation.objects.bulk_create(Conversation(contact=one, inbox=inbox) for one in contacts)
        Handoff.objects.bulk_create(Handoff(conversation=talk) for talk in talks)
        Lead.objects.bulk_create(Lead(contact=one, bot=bot) for one in contacts)
        model, said = acme.failed, {"conversation": acme.conversation, "inbox": inbox, "state": Message.State.RECEIVED}
        Message.objects.bulk_create(
            Message(**said, direction=model.direction, author=model.author, text=f"line {n}", external_id=f"x{n}")
            for n in range(CROWD)
        )
        reacted = {"kind": "reaction", "direction": "in", "author": "contact", "content": {"target": f"x{CROWD - 1}"}}
        Message.objects.bulk_create(Message(**said, **reacted, external_id=f"r{n}") for n in range(CROWD))
        Source.objects.bulk_create(Source(bot=bot, title=f"text {n}", text="x") for n in range(CROWD))
        Bot.objects.bulk_create(Bot(name=f"bot {n}", business="Acme") for n in range(CROWD))
        Inbox.objects.bulk_create(
            Inbox(bot=bot, provider="web_chat", external_key=f"k{n}", name=f"chat {n}") for n in range(CROWD)
        )
    people = User.objects.bulk_create(User(email=f"person{n}@example.org") for n in range(CROWD))
    Membership.objects.bulk_create(Membership(user=one, workspace=workspace, role=Role.VENDOR) for one in people)
    return acme


PAGES = [
    *("", "fragments/conversations/", "c/{c}/", "c/{c}/fragments/thread/", "c/{c}/fragments/lead/", "c/{c}/print/"),
    *("waiting/", "leads/", "changes/?since=2020-01-01T00:00:00Z", "bots/", "bots/{bots}/knowledge/", "inboxes/"),
    *("team/", "notices/", "api-keys/", "settings/audit/", "start/"),
]
ASKED = [
    *("", "rows=1000000000&after=0", "before=999999999999", "before=999999999999&notes=1", "page=1", "page=2"),
    "page=1000000000",
]


def test_no_page_fetches_more_than_two_hundred_rows(crowded: Furniture, browser: Browser) -> None:
    client = browser("owner")
    most: dict[tuple[str, str], tuple[int, str]] = {}
    for path, asked in product(PAGES, ASKED):
        address = f"/w/acme/{path.format(**crowded.ids)}"
        with rows_counted() as counted:
            answer = client.get(f"{address}{'&' if '?' in address else '?'}{asked}")
        assert answer.status_code == 200, address
        most[path, asked] = max(counted)
    assert [(asked, found) for asked, found in most.items() if found[0] > MOST_ROWS] == []
    for path, asked in GROWING:  # all the same they grow
        assert most[path, asked][0] > PAGE


@pytest.mark.parametrize(
    "text",
    ["a" * 50_000 + "!", "@" * 50_000, "a." * 25_000 + "@", "+1" * 25_000, "x" + " " * 50_000 + "x", "((" * 25_000],
)
@pytest.mark.parametrize(("path", "field"), [("/accounts/login/", "email"), ("/start/", "slug"), ("/start/", "name")])
def test_no_expression_runs_away(acme: Furniture, browser: Browser, path: str, field: str, text: str) -> None:
    client = browser("nobody" if "login" in path else "stranger")
    client.get(path)  # what is made once for all requests does not count
    began = time.process_time()
    answer = client.post(path, {field: text, **({"name": "Luna"} if field == "slug" else {})})
    assert answer.status_code in (200, 422)
    assert time.process_time() - began < 1.5


def test_an_address_of_8_kilobytes_is_no_error(acme: Furniture, browser: Browser) -> None:
    for path in (
        "/w/" + "a" * 8_000,
        "/" + "a/" * 4_000,
        "/api/v1/" + "9" * 8_000 + "/",
        "/w/acme/c/" + "9" * 400 + "/",
    ):
        assert browser("owner").get(path).status_code == 404


def test_a_filter_with_a_thousand_values_is_bounded(acme: Furniture) -> None:
    program = program_of(acme.business.workspace)
    program.get("leads/")
    with CaptureQueriesContext(connection) as seen:
        answer: Any = program.get("leads/?" + "&".join("stage=new" for _ in range(900)))
    assert answer.status_code in (200, 400)
    assert len(seen) < 15
