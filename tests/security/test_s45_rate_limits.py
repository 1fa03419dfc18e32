"""S45: a limit cannot be walked around, no business uses up another's, and what cannot be counted fails closed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from apps.accounts import pace
from apps.core.api import PROBLEM
from apps.tenants.models import Workspace
from apps.work.models import Shared
from apps.work.rates import Uncounted
from tests.api.calling import Program, program_of
from tests.security.conftest import Furniture
from tests.work.clock import pass_time

Browser = Callable[[str], Client]


@pytest.fixture
def tight(settings: Any) -> None:
    """Three a minute, five an hour."""
    settings.API_REQUESTS_PER_MINUTE, settings.API_REQUESTS_PER_HOUR = 3, 5


def statuses(call: Callable[[], HttpResponse], times: int) -> list[int]:
    return [call().status_code for _ in range(times)]


def test_the_limits_are_a_hundred_a_minute_and_a_thousand_an_hour(settings: Any) -> None:
    assert (settings.API_REQUESTS_PER_MINUTE, settings.API_REQUESTS_PER_HOUR) == (100, 1000)


def test_the_refusal_says_when_to_come_back(acme: Furniture, tight: None) -> None:
    program = program_of(acme.business.workspace)
    assert statuses(lambda: program.get("bots/"), 3) == [200] * 3
    answer = program.get("bots/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (429, PROBLEM)
    wait = int(answer.headers["Retry-After"])
    assert f"Go on in {wait} s." in answer.json()["detail"] and acme.business.canary not in answer.content.decode()
    pass_time(wait)
    assert program.get("bots/").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(
            ("GET", path)
            for path in ("bots/", "BOTS/", "bots", "bots//", "./bots/", "%62ots/", "bots/?limit=1", "bots/;")
        ),
        *((method, "bots/") for method in ("HEAD", "POST", "OPTIONS", "PUT")),
    ],
)
def test_another_spelling_or_method_gives_no_further_answer(
    acme: Furniture, tight: None, method: str, path: str
) -> None:
    """Once the key's rate is used up, whatever leads to the rows is refused, and nothing else leads to them."""
    program = program_of(acme.business.workspace, "bots:read")
    statuses(lambda: program.get("bots/"), 3)
    answer = program.call(method, path)
    assert answer.status_code in (301, 403, 404, 405, 429)
    assert acme.business.canary.encode() not in answer.content


@pytest.mark.parametrize(
    "headers", [{"X_HTTP_Method_Override": "GET"}, {"X_Method_Override": "GET"}, {"X_HTTP_Method": "GET"}]
)
def test_a_method_in_a_header_is_not_believed(acme: Furniture, headers: dict[str, str]) -> None:
    program = program_of(acme.business.workspace, "bots:read")
    assert program.call("POST", "bots/", {"_method": "GET"}, **headers).status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP"])
def test_without_a_proxy_no_header_makes_another_caller(acme: Furniture, tight: None, header: str) -> None:
    answers = [Client().get("/api/v1/bots/", headers={header: f"203.0.113.{n}"}).status_code for n in range(7)]
    assert answers == [401] * 5 + [429] * 2


def test_behind_the_proxy_its_word_counts_and_the_callers_does_not(acme: Furniture, tight: None, settings: Any) -> None:
    settings.TRUST_PROXY = True

    def ask(claimed: str, real: str) -> int:
        return Client().get("/api/v1/bots/", headers={"X-Forwarded-For": f"{claimed}, {real}"}).status_code

    assert [ask(f"203.0.113.{n}", "198.51.100.1") for n in range(6)] == [401] * 5 + [429]
    assert ask("198.51.100.1", "198.51.100.2") == 401


def test_a_network_of_version_6_is_one_caller(acme: Furniture, tight: None) -> None:
    def ask(address: str) -> int:
        return Client(REMOTE_ADDR=address).get("/api/v1/bots/").status_code

    assert [ask(f"2001:db8:1:2::{n:x}") for n in range(6)] == [401] * 5 + [429]
    assert ask("2001:db8:1:3::1") == 401
    assert [ask(address) for address in ("198.51.100.9", "::ffff:198.51.100.9") * 3] == [401] * 5 + [429]


@pytest.mark.parametrize("token", ["", "ll_0000_wrong", "ll_00000000_" + "A" * 43])
def test_who_has_no_key_is_counted_by_network_and_learns_nothing(acme: Furniture, tight: None, token: str) -> None:
    program = Program(None, token)
    assert statuses(lambda: program.get("bots/"), 6) == [401] * 5 + [429]
    assert program.get("leads/").status_code == 429
    assert statuses(lambda: Client().get("/api/schema/"), 1) == [429]


def test_more_keys_of_a_business_are_no_way_around_its_hour(acme: Furniture, tight: None) -> None:
    programs = [program_of(acme.business.workspace, name=f"CRM {n}") for n in range(6)]
    assert [program.get("bots/").status_code for program in programs] == [200] * 5 + [429]


def test_more_workspaces_are_no_way_around_a_networks_hour(acme: Furniture, other: Workspace, tight: None) -> None:
    ours, theirs = program_of(acme.business.workspace), program_of(other)
    assert statuses(lambda: ours.get("bots/"), 3) + statuses(lambda: theirs.get("bots/"), 3) == [200] * 5 + [429]
    assert ours.get("leads/").status_code == Client().get("/api/v1/bots/").status_code == 429
    theirs.client = Client(REMOTE_ADDR="198.51.100.7")
    assert theirs.get("leads/").status_code == 200


def test_a_request_of_the_api_costs_one_statement_more(
    acme: Furniture, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = program_of(acme.business.workspace)
    program.get("bots/")
    with django_assert_max_num_queries(20) as seen:
        program.get("bots/")
    assert sum("work_rate" in query["sql"] for query in seen.captured_queries) == 1


# --- what cannot be counted ----------------------------------------------------------------------------------------


@pytest.fixture
def uncounted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts cannot be reached; everything else can."""

    def fail(*_: object) -> None:
        raise Uncounted

    monkeypatch.setattr(pace, "take", fail)


def test_what_changes_something_is_refused_when_it_cannot_be_counted(acme: Furniture, uncounted: None) -> None:
    program = program_of(acme.business.workspace)
    answer = program.post("bots/", {"name": "Eva", "business": "Acme"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Nothing was changed" in answer.json()["detail"]
    assert [row["name"] for row in program.get("bots/").json()["results"]] == [acme.business.bot.name]


def test_what_is_only_read_is_answered(acme: Furniture, uncounted: None) -> None:
    assert program_of(acme.business.workspace).get("bots/").status_code == 200


def test_no_workspace_is_started_uncounted(acme: Furniture, browser: Browser, uncounted: None) -> None:
    answer = browser("stranger").post("/start/", {"name": "Luna Bakery", "slug": "luna"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert not Workspace.objects.filter(slug="luna").exists()


# --- people --------------------------------------------------------------------------------------------------------


def test_starting_workspaces_is_cut_off_by_person(acme: Furniture, browser: Browser) -> None:
    stranger = browser("stranger")
    answers = [stranger.post("/start/", {"name": f"Luna {n}", "slug": f"luna-{n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert Workspace.objects.filter(slug__startswith="luna-").count() == 10
    assert "That was very often" in answers[-1].content.decode()
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 4000
    assert stranger.get("/start/").status_code == 200


def test_codes_for_one_address_are_cut_off_from_whatever_network(acme: Furniture) -> None:
    """By the account: 3 a minute, from ever new browsers and networks; the page says when to come again."""
    ask = {"email": acme.business.owner.user.email}
    answers = [Client(REMOTE_ADDR=f"203.0.113.{n}").post("/accounts/login/", ask) for n in range(5)]
    assert [answer.status_code for answer in answers] == [302] * 3 + [429] * 2
    assert len(mail.outbox) == 3
    assert answers[-1].headers["Retry-After"] == "60"
    assert "Several codes were asked for just now. Wait a minute" in answers[-1].content.decode()


@pytest.mark.parametrize("variant", ["VICTIM@example.org", " victim@example.org ", "Victim@Example.org"])
def test_another_spelling_of_the_address_is_the_same_address(acme: Furniture, variant: str) -> None:
    for n in range(3):
        Client(REMOTE_ADDR=f"203.0.113.{n}").post("/accounts/login/", {"email": "victim@example.org"})
    assert Client(REMOTE_ADDR="203.0.113.9").post("/accounts/login/", {"email": variant}).status_code == 429
    assert len(mail.outbox) == 3


def test_codes_are_cut_off_by_network_whatever_a_header_claims(acme: Furniture) -> None:
    def ask(n: int) -> int:
        claimed = {"X-Forwarded-For": f"203.0.113.{n}"}
        return Client().post("/accounts/login/", {"email": f"person{n}@example.org"}, headers=claimed).status_code

    answers = [ask(n) for n in range(22)]
    assert answers == [302] * 20 + [429] * 2
    assert len(mail.outbox) == 20


def test_sign_in_is_counted_where_every_process_sees_it(acme: Furniture, settings: Any) -> None:
    assert settings.CACHES == {"default": {"BACKEND": "apps.work.shared_cache.SharedCache"}}
    Client().post("/accounts/login/", {"email": "victim@example.org"})
    assert Shared.objects.count() == 4  # a minute and an hour, by network and by address
