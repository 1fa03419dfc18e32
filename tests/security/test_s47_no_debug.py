"""S47: a fault of ours is a plain page, and what is not for visitors is not there."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from apps.panel import queries
from tests.security.conftest import Furniture, words_of

Browser = Callable[[str], Client]
TELLING = (
    "Traceback",
    "apps/",
    "site-packages",
    "settings.py",
    "SECRET_KEY",
    "DATABASES",
    "urlpatterns",
    "Using the URLconf",
)


def test_the_tests_run_without_debug() -> None:
    assert settings.DEBUG is False


@pytest.mark.parametrize("fragment", [False, True])
def test_a_fault_shows_a_page_without_its_cause(
    acme: Furniture, browser: Browser, monkeypatch: pytest.MonkeyPatch, fragment: bool
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("canary-cause: password=hunter2")

    monkeypatch.setattr(queries, "listing", fail)
    client = browser("owner")
    client.raise_request_exception = False
    answer = client.get("/w/acme/", headers={"hx-request": "true"} if fragment else {})
    assert answer.status_code == 500
    assert not [
        word for word in (*TELLING, "canary-cause", "hunter2", acme.business.canary) if word in words_of(answer)
    ]


@pytest.mark.parametrize(
    "path",
    [
        *("/metrics", "/metrics/", "/healthz", "/debug/", "/__debug__/", "/silk/", "/api/", "/graphql"),
        *("/.env", "/.git/config", "/.git/HEAD", "/config/settings.py", "/manage.py", "/requirements/base.txt"),
        *(
            "/static/../config/settings.py",
            "/static/%2e%2e/manage.py",
            "/static//etc/passwd",
            "/media/",
            "/server-status",
        ),
        *("/static/", "/static/js/", "/static/js/theme.js.map", "/webhook", "/wp-login.php", "/phpinfo.php"),
    ],
)
def test_what_is_not_for_visitors_is_not_found(acme: Furniture, browser: Browser, path: str) -> None:
    for who in ("nobody", "owner"):
        answer = browser(who).get(path)
        assert answer.status_code in (301, 404)
        if answer.status_code == 301:  # only the slash is missing; with it there is nothing either
            assert browser(who).get(answer.headers["Location"]).status_code == 404
        assert not [word for word in TELLING if word in words_of(answer)]


def test_not_found_says_nothing_of_what_there_is(acme: Furniture, browser: Browser) -> None:
    page = browser("owner").get("/w/acme/nothing-here/")
    assert page.status_code == 404
    assert not [word for word in TELLING if word in words_of(page)]


def test_the_sign_of_life_says_nothing_but_that(browser: Browser) -> None:
    answer = browser("nobody").get("/livez")
    assert (answer.content, answer.headers["content-type"]) == (b"ok", "text/plain")
