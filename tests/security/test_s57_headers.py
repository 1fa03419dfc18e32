"""S57: the headers of every page, exactly."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.test import Client

from apps.core.bounds import Bounded
from apps.core.headers import Headed
from apps.ingest.asgi import Intake
from apps.watch.asgi import Readiness
from apps.watch.checks import Row
from config import asgi
from tests.asgi import ask
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


# --- what answers in front of Django ---------------------------------------------------------------------------------

RAW = {
    "permissions-policy": PERMISSIONS,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
NO_PAGE = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
}
HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains; preload"}
LARGE = [("Content-Length", "99999999")]
#: Answers by what is asked: method, path, headers, status, what they say beside RAW.
IN_FRONT: dict[str, tuple[str, str, list[tuple[str, str]], int, dict[str, str]]] = {
    "no webhook": ("POST", "/webhook/", [], 404, NO_PAGE),
    "a webhook's method": ("PUT", "/webhook/whatsapp_cloud/none/", [], 405, NO_PAGE),
    "a webhook too large": ("POST", "/webhook/whatsapp_cloud/none/", LARGE, 413, NO_PAGE),
    "readyz": ("GET", "/readyz", [], 200, NO_PAGE),
    "readyz's method": ("POST", "/readyz", [], 405, NO_PAGE),
    "too large": ("POST", "/accounts/login/", LARGE, 413, NO_PAGE),
    "too large for the API": ("POST", "/api/v1/bots/", LARGE, 413, NO_PAGE),
    "a file": ("GET", "/static/js/theme.js", [], 200, {}),
    "the web chat's file": ("GET", "/static/widget/chat.js", [], 200, {"cross-origin-resource-policy": "cross-origin"}),
}
#: What such an answer says of itself.
OF_ITS_OWN = {
    *("content-type", "content-length", "connection", "last-modified", "vary", "etag", "access-control-allow-origin")
}


@pytest.fixture
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything works."""

    async def fine(*_: object) -> Row:
        return Row(relay=0.4, chat=0.5, default=0.6, work=None, delivery=None)

    monkeypatch.setattr("apps.watch.asgi._ask", fine)
    monkeypatch.setattr("apps.work.doorbell.answers", fine)


def in_front(name: str, *, scheme: str = "http") -> tuple[int, dict[str, str]]:
    method, path, headers, _, _ = IN_FRONT[name]

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        async def waiting() -> dict[str, Any]:
            event: dict[str, Any] = await receive()
            return await asyncio.Future() if event["type"] == "http.disconnect" else event

        await asgi.application({**scope, "scheme": scheme}, waiting, send)

    async def scene() -> tuple[int, dict[str, str]]:
        intake = Intake()
        with mock.patch.object(asgi, "intake", intake), mock.patch.object(asgi, "readiness", Readiness()):
            try:
                status, said, _ = await ask(app, method, path, headers=[("Host", "testserver"), *headers])
            finally:
                await intake.close()
        return status, said

    return asyncio.run(asyncio.wait_for(scene(), 20))


@pytest.mark.parametrize("name", IN_FRONT)
def test_what_answers_in_front_of_django_has_exactly_these(
    acme: Furniture, ready: None, settings: Any, name: str
) -> None:
    status, own = IN_FRONT[name][3:]
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    for scheme, told in (("http", {}), ("https", HSTS)):
        answer, said = in_front(name, scheme=scheme)
        assert answer == status
        kept = {header.lower(): value for header, value in said.items() if header.lower() not in OF_ITS_OWN}
        if "file" in name:
            kept.pop("cache-control", "")  # how long says ServeStatic, outside development
        assert kept == {**RAW, **own, **told}


def test_a_body_that_does_not_come_is_answered_with_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.bounds.BODY_SECONDS", 0.05)
    sent: list[dict[str, Any]] = []

    async def never() -> dict[str, Any]:
        return await asyncio.Future()

    async def send(event: Any) -> None:
        sent.append(event)

    async def reader(_scope: Any, receive: Any, _send: Any) -> None:
        await receive()

    scope = {"type": "http", "method": "POST", "path": "/accounts/login/", "query_string": b"", "headers": []}
    asyncio.run(asyncio.wait_for(Headed(Bounded(reader))(scope, never, send), 20))
    said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    assert sent[0]["status"] == 408
    assert {name: value for name, value in said.items() if name not in OF_ITS_OWN} == {**RAW, **NO_PAGE}


@pytest.mark.parametrize(("trusted", "told"), [(True, True), (False, False)])
def test_behind_a_proxy_its_word_says_whether_it_came_encrypted(settings: Any, trusted: bool, told: bool) -> None:
    settings.TRUST_PROXY, settings.SECURE_HSTS_SECONDS = trusted, 31_536_000

    async def scene() -> dict[str, str]:
        return (await ask(asgi.application, "POST", "/webhook/", headers=[("X-Forwarded-Proto", "https")]))[1]

    assert ("strict-transport-security" in asyncio.run(scene())) == told
