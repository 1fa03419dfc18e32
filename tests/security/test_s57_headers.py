"""S57: the headers of every page, exactly."""

from collections.abc import Callable
from typing import Any

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
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()"
)
#: Who may keep an answer and who may embed it, by the beginning of the pattern; the others are private.
FOR_ALL = ("livez", "manifest.webmanifest", "sw.js", "offline/", "favicon.ico", "api/schema/", "api/docs/")
EXACT = {
    "Permissions-Policy": PERMISSIONS,
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


@pytest.mark.parametrize("visitor", ["nobody", "stranger", "owner", "staff"])
def test_who_may_keep_and_embed_an_answer_stands_in_the_table(acme: Furniture, browser: Browser, visitor: str) -> None:
    client, wrong = browser(visitor), []
    for urlconf in ("config.urls", "config.urls_workspace"):
        for pattern, row in TABLES[urlconf].items():
            path = address(urlconf, pattern, slug="acme", ids=acme.ids)
            answer = again(client).get(f"{path}?{row.query}")
            embedded = "cross-origin" if pattern.startswith("chat/") else "same-origin"
            kept = answer.headers.get("Cache-Control", "")
            private = "no-store" in kept or pattern in FOR_ALL
            if answer.headers["Cross-Origin-Resource-Policy"] != embedded or not private:
                wrong.append((path, dict(answer.headers)))
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/w/acme/nowhere/", "testserver", 404), ("/", "evil.example", 400), ("/api/v1/none/", "testserver", 404)],
)
def test_a_refusal_has_them_too(acme: Furniture, browser: Browser, path: str, host: str, status: int) -> None:
    answer = browser("owner").get(path, headers={"host": host})
    assert answer.status_code == status
    assert (answer.headers["Permissions-Policy"], answer.headers["Cache-Control"]) == (PERMISSIONS, "no-store")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_outside_development_browsers_are_told_to_come_encrypted_only(acme: Furniture, settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = settings.SECURE_SSL_REDIRECT = True
    for path in ("/", "/w/acme/", "/api/v1/bots/", "/chat/none/hello/"):
        answer = Client().get(path, secure=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        plain = Client().get(path)
        assert (plain.status_code, plain.headers["Location"]) == (301, f"https://testserver{path}")
        assert plain.headers["Permissions-Policy"] == PERMISSIONS


@pytest.mark.parametrize("method", ["TRACE", "TRACK"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/w/acme/", "/api/v1/bots/", "/chat/none/hello/", "/livez"])
def test_what_echoes_is_switched_off(acme: Furniture, browser: Browser, path: str, method: str) -> None:
    answer = browser("owner").generic(method, path, headers={"x-canary": "echo-me"})
    assert (answer.status_code, answer.content) == (405, b"")


@pytest.mark.parametrize(("file", "embedded"), [("js/theme.js", "same-origin"), ("widget/chat.js", "cross-origin")])
def test_of_the_files_the_web_chat_alone_is_for_other_websites(browser: Browser, file: str, embedded: str) -> None:
    answer = browser("nobody").get(f"/static/{file}")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == embedded


def test_scripts_and_styles_are_told_apart_from_pages(browser: Browser) -> None:
    answer = browser("nobody").get("/static/js/theme.js")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
