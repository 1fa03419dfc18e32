"""How much and how often: bodies, rates, and what goes wrong on our side."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from apps.bots import api as bots_api
from tests.api.calling import PROBLEM, Program
from tests.api.test_access import refused
from tests.work.clock import pass_time


def test_the_hundred_and_first_request_in_a_minute_waits(
    program: Program, make_program: Callable[..., Program]
) -> None:
    began = time.monotonic()
    assert {program.get("bots/").status_code for _ in range(100)} == {200}
    answer = program.get("bots/")
    elapsed = time.monotonic() - began
    assert "More than 100 requests in a minute of this key to this address" in refused(answer, 429)
    assert 59 - elapsed <= int(answer.headers["Retry-After"]) <= 61
    assert program.get("leads/").status_code == 200
    assert program.post("bots/", {}).status_code == 400
    assert make_program("bots:read").get("bots/").status_code == 200
    pass_time(40)
    assert 1 <= int(program.get("bots/").headers["Retry-After"]) <= 21
    pass_time(22)
    assert program.get("bots/").status_code == 200


def test_ids_in_the_address_share_one_rate(program: Program, ids: dict[str, int]) -> None:
    statuses = [program.get(f"leads/{number}/").status_code for number in range(1, 102)]
    assert statuses[-1] == 429 and 429 not in statuses[:-1]


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff", b'{"name": NaN}', b'{"name": Infinity}', b"[" * 100_000, b"1" * 5000 + b"[", b"{}x"]
)
def test_what_is_no_json_is_refused(program: Program, raw: bytes) -> None:
    refused(program.call("POST", "bots/", raw=raw), 400)


@pytest.mark.parametrize("body", [[], "text", 5, None, [{}]])
def test_json_that_is_no_object_is_refused(program: Program, body: object) -> None:
    refused(program.post("bots/", body), 400)


def test_a_body_of_another_kind_is_refused(program: Program) -> None:
    answer = program.client.post("/api/v1/bots/", {"name": "Eva"}, headers={"Authorization": f"Bearer {program.token}"})
    refused(answer, 415)


def test_a_large_body_is_not_read(program: Program) -> None:
    body = b'{"name": "' + b"a" * 2_500_000 + b'"}'
    assert "2,500,000 bytes" in refused(program.call("POST", "bots/", raw=body), 413)


def test_an_error_of_ours_tells_nothing_of_itself(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the password is canary")

    monkeypatch.setattr(bots_api.services, "create_bot", broken)
    program.client.raise_request_exception = False
    answer = program.post("bots/", {"name": "Eva", "business": "Acme"})
    assert "our side" in refused(answer, 500)
    assert b"canary" not in answer.content
    assert answer.headers["Content-Type"] == PROBLEM


def test_answers_are_kept_by_nobody_on_the_way(program: Program) -> None:
    for path in ("bots/", "bots/1/"):
        assert program.get(path).headers["Cache-Control"] == "no-store"


def test_no_cookie_is_set(program: Program) -> None:
    program.get("bots/")
    assert not program.client.cookies


def test_errors_come_in_the_callers_language(program: Program) -> None:
    said = program.post("bots/", {}, Accept_Language="es").json()
    assert said["errors"]["name"] == ["Este campo es requerido."]


def test_the_reference_is_a_page_without_the_internet(client: Client, db: None) -> None:
    page = client.get("/api/docs/")
    assert page.status_code == 200
    assert b"http" not in page.content
    assert "unsafe" not in page.headers["Content-Security-Policy"]
