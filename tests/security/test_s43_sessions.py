"""S43: a session begins anew at sign-in, ends at sign-out, and its cookie goes nowhere else."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from apps.accounts import team
from tests.accounts.conftest import CODE
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
CONFIRM = "/accounts/login/code/confirm/"


def sign_in(client: Client, email: str) -> None:
    client.post("/accounts/login/", {"email": email})
    found = CODE.search(mail.outbox[-1].body)
    assert found
    client.post(CONFIRM, {"code": found.group(1)})


def test_a_session_that_was_planted_is_not_the_one_of_who_signs_in(acme: Furniture) -> None:
    """Somebody gives the victim a session of theirs and waits for the victim to sign in with it."""
    attacker, victim, session = Client(), Client(), SessionStore()
    session.create()
    planted = attacker.cookies["sessionid"] = victim.cookies["sessionid"] = str(session.session_key)
    sign_in(victim, acme.business.owner.user.email)
    assert victim.session["_auth_user_id"] == str(acme.business.owner.user_id)
    assert victim.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()
    assert attacker.get("/w/acme/").status_code == 302


def test_the_token_of_forms_is_new_after_signing_in(acme: Furniture) -> None:
    client = Client()
    client.get("/accounts/login/")
    before = client.cookies["csrftoken"].value
    sign_in(client, acme.business.owner.user.email)
    assert client.cookies["csrftoken"].value != before


def test_an_invented_session_is_nobodys(acme: Furniture) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/w/acme/").status_code == 302
    assert not Session.objects.filter(session_key="a" * 32).exists()


@pytest.mark.parametrize("name", ["sessionid", "csrftoken"])
def test_a_cookie_is_for_this_host_alone_and_no_script_reads_it(acme: Furniture, name: str) -> None:
    client = Client()
    sign_in(client, acme.business.owner.user.email)
    cookie = client.cookies[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_a_session_ends_by_itself_after_a_week(acme: Furniture) -> None:
    assert settings.SESSION_COOKIE_AGE == 7 * 24 * 3600
    client = Client()
    sign_in(client, acme.business.owner.user.email)
    assert client.cookies["sessionid"]["max-age"] == settings.SESSION_COOKIE_AGE


def test_in_production_cookies_and_pages_travel_encrypted_only() -> None:
    names = (
        *("DEBUG", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"),
        *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD", "X_FRAME_OPTIONS"),
        *("SECURE_CONTENT_TYPE_NOSNIFF", "ALLOWED_HOSTS", "SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST"),
        *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH"),
        *("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN"),
    )
    program = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    production = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEBUG": "false",
        "SECRET_KEY": "x" * 50,
        "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BASE_URL": "https://leadline.example",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=production,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert dict(zip(names, json.loads(done.stdout), strict=True)) == {
        "DEBUG": False,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        "SECURE_HSTS_PRELOAD": True,
        "X_FRAME_OPTIONS": "DENY",
        "SECURE_CONTENT_TYPE_NOSNIFF": True,
        "ALLOWED_HOSTS": ["leadline.example"],
        "SECURE_PROXY_SSL_HEADER": None,
        "USE_X_FORWARDED_HOST": False,
        # __Host- asks for the whole path and no domain, or a browser refuses the cookie.
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_PATH": "/",
        "CSRF_COOKIE_PATH": "/",
        "SESSION_COOKIE_DOMAIN": None,
        "CSRF_COOKIE_DOMAIN": None,
    }


def test_a_session_of_who_was_deactivated_opens_the_workspace_no_more(acme: Furniture) -> None:
    client = Client()
    sign_in(client, acme.colleague.user.email)
    assert client.get("/w/acme/").status_code == 200
    team.deactivate(acme.colleague, by=acme.business.owner)
    assert (client.get("/w/acme/").status_code, client.get("/account/").status_code) == (403, 200)


def test_a_session_has_the_role_of_now_and_not_of_its_beginning(acme: Furniture) -> None:
    client = Client()
    sign_in(client, acme.colleague.user.email)
    assert client.get("/w/acme/bots/").status_code == 403
    team.change_role(acme.colleague, "editor", by=acme.business.owner)
    assert client.get("/w/acme/bots/").status_code == 200
    team.change_role(acme.colleague, "viewer", by=acme.business.owner)
    assert client.get("/w/acme/bots/").status_code == 403


def test_signing_out_of_the_others_ends_their_sessions(acme: Furniture) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, acme.colleague.user.email)
    assert here.post("/accounts/sessions/").status_code == 302
    assert (here.get("/w/acme/").status_code, there.get("/w/acme/").status_code) == (200, 302)
