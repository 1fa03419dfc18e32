"""S56: what is deep, wide, long or far away is refused or bounded; it costs neither memory, nor rows, nor an error."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps import tenants
from apps.bots.models import Bot
from apps.conversations.models import Message
from tests.api.calling import program_of
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
#: Rows that a request may fetch from a table at most.
MOST_ROWS = 200


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
