"""S57: the headers of every page, exactly."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.security.conftest import Furniture, again
from tests.security.routes import TABLES, address

Browser = Callable[[str], Client]

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}
#: What an address has beside or instead of it, by pattern; each needs a reason.
EXCEPTIONS: dict[str, set[str]] = {}
EXACT = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
TELLING = ("Server", "X-Powered-By", "X-Debug", "X-Runtime", "Access-Control-Allow-Origin")


@pytest.mark.parametrize("visitor", ["nobody", "stranger", "owner", "staff"])
def test_every_answer_has_them(acme: Furniture, browser: Browser, visitor: str) -> None:
    client = browser(visitor)
    for urlconf in ("config.urls", "config.urls_workspace"):
        for pattern, row in TABLES[urlconf].items():
            path = address(urlconf, pattern, slug="acme", ids=acme.ids)
            for answer in (again(client).get(f"{path}?{row.query}"), again(client).post(path), again(client).put(path)):
                headers = answer.headers
                assert {name: headers.get(name) for name in EXACT} == EXACT, path
                policy = set(headers["Content-Security-Policy"].split("; "))
                assert policy == EXCEPTIONS.get(pattern, POLICY), path
                assert not [name for name in TELLING if name in headers]


def test_what_a_workspace_shows_is_kept_by_nobody_on_the_way(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    for pattern, row in TABLES["config.urls_workspace"].items():
        if row.get["owner"] == 200:
            path = address("config.urls_workspace", pattern, slug="acme", ids=acme.ids)
            kept = client.get(f"{path}?{row.query}").headers["Cache-Control"]
            assert {"no-store", "private", "no-cache"} <= set(kept.replace(" ", "").split(",")), path


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/w/acme/", "/w/acme/leads/"])
def test_a_trace_is_not_echoed(acme: Furniture, browser: Browser, path: str) -> None:
    answer = browser("owner").trace(path, headers={"x-canary": "echo-me"})
    assert answer.status_code in (302, 405)
    assert b"echo-me" not in answer.content


def test_scripts_and_styles_are_told_apart_from_pages(browser: Browser) -> None:
    answer = browser("nobody").get("/static/js/theme.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
