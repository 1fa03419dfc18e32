"""S46: the admin is outside every workspace, for staff alone, noted, and shows nothing that opens a door."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import get_resolver

from apps import tenants
from apps.accounts.api_keys import create_key
from apps.accounts.models import ApiKey, Invitation, User
from apps.inboxes.models import Inbox
from apps.ingest.models import Delivery
from apps.staff.models import Look, Visit
from apps.staff.site import staff_site
from apps.tenants.guard import OutsideWorkspace
from apps.tenants.models import Hook
from tests.security.conftest import Furniture, again, words_of
from tests.security.routes import LISTS, PUBLIC, address
from tests.security.test_s27_stored_xss import PAYLOADS, Page
from tests.staff.test_door import by_code

Browser = Callable[[str | User], Client]

PAGES = [pattern for pattern, row in PUBLIC.items() if pattern.startswith("admin/") and row.get["staff"] == 200]
#: What shows rows that a list leaves out by itself, or looks for the secrets themselves.
QUERIES = ("", "state=all", "state=used", "state=resting", "q=canary", "words=canary", "o=1", "o=-3")


def every_page(client: Client, acme: Furniture) -> Iterator[tuple[str, Any]]:
    """Each page of the admin as this browser sees it, lists also as searched and filtered."""
    for pattern in PAGES:
        path = address("config.urls", pattern, slug="acme", ids=acme.ids)
        for query in QUERIES if pattern.removeprefix("admin/").rstrip("/") in LISTS else ("",):
            yield f"{path}?{query}", again(client).get(f"{path}?{query}")


@pytest.fixture
def secrets(acme: Furniture) -> dict[str, str]:
    """One of each kind, planted where it really stands."""
    business, owner = acme.business, acme.business.owner.user
    totp = generate_totp_secret()
    with connection.cursor() as cursor:
        TOTP.activate(owner, totp)
        codes = RecoveryCodes.activate(owner).get_unused_codes()
        cursor.execute("SELECT secrets, verify_token FROM tenants_hook WHERE id = %s", [business.hook.pk])
        sealed = cursor.fetchone()
    by_code(owner.email)
    browser = Client()
    browser.force_login(owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    sealed_factor = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    key, token = create_key(business.workspace, name="CRM", scopes=["bots:read"], maker=owner)
    google = SocialAccount.objects.create(user=owner, provider="google", uid="1", extra_data={"x": "canary-google"})
    app = SocialApp.objects.create(provider="google", name="x", client_id="canary-client", secret="canary-app")
    SocialToken.objects.create(app=app, account=google, token="canary-access", token_secret="canary-refresh")
    User.objects.filter(pk=owner.pk).update(password="canary-password-hash")
    Delivery.objects.filter(pk=acme.ids["delivery"]).update(
        headers={"x-hub-signature-256": "sha256=canary-signature", "authorization": "canary-authorization"},
        body=json.dumps({"token": "canary-body-token", "text": "shown"}).encode(),
    )
    return {
        **{"signing secret": business.secret, "verify token": f"verify-{business.canary}", "token": business.token},
        **{"sealed secret": sealed[0], "sealed verify token": sealed[1], "hook's key": business.hook.key},
        **{"API key": token, "its digest": key.digest, "the other's digest": acme.api_key.digest},
        **{"second factor": totp, "its codes": codes[0], "sealed factor": str(sealed_factor.data)[12:40]},
        **{"session": browser.session.session_key or "", "invitation": acme.invitation.digest},
        **{f"session {place}": one.session_key for place, one in enumerate(Session.objects.all())},
        **{f"canary {word}": f"canary-{word}" for word in ("google", "app", "access", "refresh", "password-hash")},
        **{f"canary {word}": f"canary-{word}" for word in ("signature", "authorization", "body-token", "client")},
        **{"secret of sessions": settings.SECRET_KEY, "encryption key": settings.FIELD_ENCRYPTION_KEYS[0]},
    }


def test_no_page_shows_a_secret(acme: Furniture, browser: Browser, secrets: dict[str, str]) -> None:
    assert all(len(value) >= 8 for value in secrets.values())
    seen = 0
    client = browser("staff")
    for path, answer in every_page(client, acme):
        assert answer.status_code == 200, path
        shown = words_of(answer)
        assert [kind for kind, value in secrets.items() if value in shown] == [], path
        seen += acme.business.canary in shown
    assert seen >= 10  # the pages are not empty: the workspace's names stand in them


def test_only_these_tables_are_there(db: None) -> None:
    assert {f"{model._meta.app_label}/{model._meta.model_name}" for model in staff_site._registry} == set(LISTS)
    hidden = {Authenticator, SocialToken, SocialApp, SocialAccount, Session, ApiKey, Hook, Invitation}
    assert hidden & set(staff_site._registry) == set()


def test_nothing_registers_by_itself() -> None:
    apps = [app for app in settings.INSTALLED_APPS if "admin" in app or "unfold" in app]
    assert apps == ["unfold.apps.BasicAppConfig", "django.contrib.admin.apps.SimpleAdminConfig"]


@pytest.mark.parametrize("visitor", ["nobody", "stranger", "owner", "admin"])
def test_others_learn_nothing_of_any_page(acme: Furniture, browser: Browser, visitor: str) -> None:
    Visit.objects.all().delete()
    Look.objects.all().delete()
    client = browser(visitor)
    for path, answer in every_page(client, acme):
        assert answer.status_code == (302 if visitor == "nobody" else 404), path
        assert acme.business.canary not in words_of(answer)
    assert (Visit.objects.count(), Look.objects.count()) == (0, 0)


def test_it_is_on_no_workspaces_address(acme: Furniture, browser: Browser) -> None:
    for visitor in ("owner", "staff"):
        client = browser(visitor)
        for pattern in PAGES:
            path = address("config.urls", pattern, slug="acme", ids=acme.ids)
            assert again(client).get(f"/w/acme{path}").status_code == 404
    inside = {str(entry.pattern) for entry in get_resolver("config.urls_workspace").url_patterns}
    assert not [pattern for pattern in inside if "admin" in pattern]


def test_every_look_at_a_customers_data_is_kept(acme: Furniture, browser: Browser) -> None:
    Look.objects.all().delete()
    client = browser("staff")
    for pattern in PAGES:
        client.get(address("config.urls", pattern, slug="acme", ids=acme.ids))
    looks = list(Look.objects.order_by("pk").values_list("what", flat=True))
    assert sorted(looks) == ["body", "download", "person", "workspace"]
    assert Visit.objects.filter(email="staff@leadline.example").count() == 1


def test_no_page_asks_a_workspaces_table_without_entering_it(
    acme: Furniture, theirs: Furniture, browser: Browser
) -> None:
    """The guard raises for that, so pages that are shown did not; it is there, and this thread is in no workspace."""
    with tenants.enter(None), pytest.raises(OutsideWorkspace):
        Inbox.objects.count()
    client = browser("staff")
    shown = client.get(f"/admin/tenants/workspace/{acme.business.workspace.pk}/").content.decode()
    assert acme.business.canary in shown and theirs.business.canary not in shown
    assert tenants.current() is None


@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=p", "memberships__workspace__hooks__secrets__startswith=s", "hook__secrets__gt=a",
        "delivery__hook__secrets__contains=a", "body__contains=x", "token=1", "id__in=1,2", "user__password=x", "pk=1",
    ],
)  # fmt: skip
def test_no_hidden_field_can_be_asked_for_by_an_address(acme: Furniture, browser: Browser, query: str) -> None:
    client = browser("staff")
    for path in LISTS:
        plain, asked = (again(client).get(f"/admin/{path}/?{tail}") for tail in ("", query))
        rows = [[row.pk for row in answer.context["cl"].result_list] for answer in (plain, asked)]
        assert (asked.status_code, rows[1]) == (200, rows[0]), path


NAMES = ("q", "state", "kind", "why", "what", "provider", "workspace", "words", "from", "to", "p", "o", "e")
ODD = ("%00", "%FF", "x" * 3000, "-1", "1e400", "9" * 40, "%F0%9F%98%80", "'%22;--", "2026-13-45", "0001-01-01")


@pytest.mark.slow
@pytest.mark.parametrize("odd", ODD)
def test_odd_values_are_answered(acme: Furniture, browser: Browser, odd: str) -> None:
    client = browser("staff")
    for path in LISTS:
        for name in (
            "q",
            "state",
            "kind",
            "why",
            "what",
            "provider",
            "workspace",
            "words",
            "from",
            "to",
            "p",
            "o",
            "e",
        ):
            answer = again(client).get(f"/admin/{path}/?{name}={odd}&p=1")
            assert answer.status_code in (200, 302), f"{path} {name}"


@pytest.mark.slow
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_others_wrote_is_text_on_every_page(acme: Furniture, browser: Browser, payload: str) -> None:
    workspace, owner = acme.business.workspace, acme.business.owner.user
    workspace.__class__.objects.filter(pk=workspace.pk).update(name=payload, problem=payload[:80])
    User.objects.filter(pk=owner.pk).update(name=payload)
    ApiKey.objects.update(name=payload[:80])
    Delivery.objects.update(error=payload, headers={payload: payload}, body=json.dumps({payload: payload}).encode())
    with tenants.enter(workspace):
        Inbox.objects.update(name=payload, trouble=payload)
    client = browser("staff")
    client.get("/admin/", headers={"user-agent": payload.encode("ascii", "replace").decode()})
    client.get("/admin/ingest/delivery/", {"words": payload})
    for path, answer in every_page(client, acme):
        if not path.startswith("/admin/ingest/delivery/") or "/body/" not in path:
            assert Page(answer.content.decode()).dangerous == [], path


def test_no_page_loads_from_elsewhere_or_carries_scripts_and_styles(acme: Furniture, browser: Browser) -> None:
    for path, answer in every_page(browser("staff"), acme):
        html = answer.content.decode()
        assert "<style" not in html and " style=" not in html and "https://" not in html.replace("https://x", ""), path


def test_templates_trust_no_text() -> None:
    folders = [Path(settings.BASE_DIR) / "templates" / name for name in ("admin", "staff")]
    templates = [path for folder in folders for path in folder.rglob("*.html")]
    assert len(templates) >= 12
    assert not [path for path in templates if "|safe" in path.read_text() or "autoescape off" in path.read_text()]
