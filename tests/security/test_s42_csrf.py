"""S42: no unsafe request without the page's own token, whatever it calls itself."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from apps.accounts.models import User
from tests.furnished import rows
from tests.security.conftest import Furniture, again
from tests.security.routes import TABLES, Row, address

Browser = Callable[[str], Client]

UNSAFE = [
    (urlconf, pattern)
    for urlconf, table in TABLES.items()
    for pattern, row in table.items()
    if row.post["owner"] != 405 or row.post["nobody"] not in (302, 405)
]
DISGUISES = {
    "a form": {"content_type": "application/x-www-form-urlencoded", "data": "text=Hello&on=0&stage=lost"},
    "plain text": {"content_type": "text/plain", "data": '{"text": "Hello"}'},
    "JSON": {"content_type": "application/json", "data": '{"text": "Hello"}'},
    "a wrong token": {
        "content_type": "application/x-www-form-urlencoded",
        "data": f"csrfmiddlewaretoken={'a' * 64}&text=Hello",
    },
    "htmx": {"content_type": "application/x-www-form-urlencoded", "data": "", "headers": {"hx-request": "true"}},
}


@pytest.fixture
def strict(acme: Furniture, browser: Browser) -> Client:
    """The owner's browser, as strict about tokens as a real server is."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser("owner").cookies
    client.get("/w/acme/")
    return client


@pytest.fixture
def strict_staff(acme: Furniture, browser: Browser) -> Client:
    """A browser of the staff, as strict."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser("staff").cookies
    return client


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_request_without_the_token_is_refused_and_changes_nothing(
    acme: Furniture, strict: Client, strict_staff: Client, settings: object, disguise: str
) -> None:
    settings.ROOT_URLCONF = "tests.security.urls_demo"  # type: ignore[attr-defined]
    before = rows(acme.business.workspace)
    for urlconf, pattern in UNSAFE:
        path = address(urlconf, pattern, slug="acme", ids=acme.ids)
        # No cookie opens the API, so there is nothing that a token would protect.
        refusal = TABLES[urlconf][pattern].post["owner"] if path.startswith("/api/") else 403
        client = strict_staff if path.startswith("/admin/") else strict  # to others there is no admin
        assert client.post(path, **DISGUISES[disguise]).status_code == refusal, path  # type: ignore[arg-type]
    assert rows(acme.business.workspace) == before
    assert strict.session["_auth_user_id"]


def test_the_pages_own_token_is_taken(acme: Furniture, strict: Client) -> None:
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    row: Row = TABLES["config.urls_workspace"]["c/<int:pk>/reply/"]
    path = f"/w/acme/c/{acme.ids['c']}/reply/"
    assert strict.post(path, {**row.data, "csrfmiddlewaretoken": token}).status_code == 302


def test_a_token_from_another_site_is_not(acme: Furniture, strict: Client) -> None:
    token = strict.cookies[settings.CSRF_COOKIE_NAME].value
    path = f"/w/acme/c/{acme.ids['c']}/take/"
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        answer = again(strict).post(path, {"csrfmiddlewaretoken": token}, headers={"origin": origin})
        assert answer.status_code == 403


def test_signing_in_needs_the_token_too(acme: Furniture, mailoutbox: list[object]) -> None:
    """Else another site could sign a visitor in as somebody else."""
    visitor = Client(enforce_csrf_checks=True)
    for path in ("/accounts/login/", "/accounts/login/code/", "/accounts/login/code/confirm/", "/accounts/signup/"):
        answer = visitor.post(path, {"email": acme.business.owner.user.email, "code": "AAAA-AAAA"})
        assert answer.status_code == 403
    assert mailoutbox == []


def test_the_refusal_is_a_page_for_people(acme: Furniture, strict: Client) -> None:
    page = strict.post(f"/w/acme/c/{acme.ids['c']}/take/").content.decode()
    assert "Traceback" not in page and "CSRF_TRUSTED_ORIGINS" not in page
    assert User.objects.filter(is_staff=True).count() == 0
