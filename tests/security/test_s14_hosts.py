"""S14: a host that is not ours is answered with nothing, and no header can pretend to be another."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.security.conftest import Furniture, words_of

Browser = Callable[[str], Client]


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "testserver.evil.example", "a b", "", "[::1]", "localhost@evil"]
)
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/w/acme/"])
def test_an_unknown_host_is_refused(acme: Furniture, browser: Browser, host: str, path: str) -> None:
    answer = browser("owner").get(path, headers={"host": host})
    assert answer.status_code == 400
    assert acme.business.canary not in words_of(answer)


@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-host"])
def test_a_forwarded_host_is_not_believed(acme: Furniture, browser: Browser, header: str) -> None:
    answer = browser("nobody").get("/w/acme/", headers={header: "evil.example"})
    assert "evil.example" not in words_of(answer)
    login = browser("nobody").get("/accounts/login/", headers={header: "evil.example"})
    assert "evil.example" not in words_of(login)


@pytest.mark.parametrize("header", ["x-original-url", "x-rewrite-url", "x-forwarded-prefix", "x-script-name"])
def test_a_header_does_not_move_the_path(acme: Furniture, theirs: Furniture, browser: Browser, header: str) -> None:
    answer = browser("owner").get("/w/acme/", headers={header: "/w/other/"})
    assert acme.business.canary in words_of(answer)
    assert theirs.business.canary not in words_of(answer)


def test_a_mail_names_no_host_that_a_visitor_chose(workspace: object, mailoutbox: list[object]) -> None:
    Client().post("/accounts/login/", {"email": "a@example.org"}, headers={"x-forwarded-host": "evil.example"})
    assert len(mailoutbox) == 1
    assert "evil" not in mailoutbox[0].body  # type: ignore[attr-defined]
