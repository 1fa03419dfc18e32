"""One's own account: the name, the second factor, and where one is signed in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import Membership, Role, User
from apps.accounts.templatetags.account_words import browser as words_of
from tests.accounts.test_login import who

Member = Callable[..., Membership]
Answer = Callable[..., HttpResponse]
SECRET = re.compile(r"<code>([A-Z2-7]{32})</code>")


def code_of(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows, now or some half minutes away."""
    now = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, now + 1 + steps)))


@pytest.fixture
def vera(member: Member, sign_in: Answer) -> Client:
    """A browser in which Vera is signed in."""
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    sign_in(browser, "vera@example.org")
    return browser


@pytest.fixture
def secret(vera: Client) -> str:
    """Vera's second factor, switched on."""
    found = SECRET.search(vera.get("/accounts/2fa/totp/activate/").content.decode())
    assert found
    answer = vera.post("/accounts/2fa/totp/activate/", {"code": code_of(found[1])})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return found[1]


def test_a_person_changes_their_name(vera: Client) -> None:
    assert vera.post("/account/", {"name": " Vera Lind "})["Location"] == "/account/"
    assert User.objects.get().name == "Vera Lind"
    page = vera.get("/account/").content.decode()
    assert ['value="Vera Lind"' in page, "vera@example.org" in page] == [True, True]


@pytest.mark.parametrize("name", ["x" * 121, "Ve\x00ra"])
def test_a_name_that_cannot_be_changes_nothing(vera: Client, name: str) -> None:
    assert vera.post("/account/", {"name": name}).status_code == 422
    assert User.objects.get().name == ""


def test_nothing_else_of_a_person_can_be_posted(vera: Client) -> None:
    vera.post("/account/", {"name": "Vera", "email": "evil@example.org", "is_staff": "1", "is_superuser": "1"})
    person = User.objects.get()
    assert (person.email, person.is_staff, person.is_superuser) == ("vera@example.org", False, False)


def test_with_a_second_factor_the_code_in_the_mail_is_not_enough(secret: str, sign_in: Answer) -> None:
    browser = Client()
    assert sign_in(browser, "vera@example.org")["Location"] == "/accounts/2fa/authenticate/"
    assert who(browser) is None
    assert browser.get("/w/acme/").status_code == 302
    browser.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert who(browser) is None
    assert browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret, 1)})["Location"] == "/workspaces/"
    assert who(browser) is not None


def test_a_recovery_code_lets_in_once(vera: Client, secret: str, sign_in: Answer) -> None:
    shown = vera.get("/accounts/2fa/recovery-codes/")
    assert shown.status_code == 302  # asks for the second factor before it shows them
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    assert len(codes) == 10
    for expected in (True, False):
        browser = Client()
        sign_in(browser, "vera@example.org")
        browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert (who(browser) is not None) is expected


def test_secrets_of_second_factors_stand_encrypted(secret: str) -> None:
    kept = " ".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert secret not in kept
    assert Authenticator.objects.count() == 2


def test_a_wrong_code_switches_nothing_on(vera: Client) -> None:
    vera.get("/accounts/2fa/totp/activate/")
    answer = vera.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert (answer.status_code, Authenticator.objects.count()) == (200, 0)


def test_the_second_factor_is_switched_off_only_by_who_has_it(vera: Client, secret: str, sign_in: Answer) -> None:
    browser = Client()
    sign_in(browser, "vera@example.org")
    assert browser.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.count() == 2
    vera.post("/accounts/2fa/reauthenticate/", {"code": code_of(secret, 1)})
    assert vera.post("/accounts/2fa/totp/deactivate/")["Location"] == "/accounts/2fa/"
    assert Authenticator.objects.count() == 0


def test_the_list_shows_every_browser_and_signs_the_others_out(vera: Client, sign_in: Answer) -> None:
    other = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    sign_in(other, "vera@example.org")
    page = vera.get("/accounts/sessions/").content.decode()
    assert ["Firefox, Linux" in page, page.count("ll-choice__name")] == [True, 2]
    vera.post("/accounts/sessions/")
    assert (other.get("/account/").status_code, vera.get("/account/").status_code) == (302, 200)
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(
    ("proxies", "claimed", "kept"),
    [(0, "9.9.9.9", "127.0.0.1"), (1, "9.9.9.9", "9.9.9.9"), (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"), (1, "", "127.0.0.1")],
)
def test_an_address_is_believed_from_our_own_proxy_alone(
    member: Member, sign_in: Answer, settings: Any, proxies: int, claimed: str, kept: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    member(Role.VENDOR, "vera@example.org")
    sign_in(Client(headers={"x-forwarded-for": claimed} if claimed else {}), "vera@example.org")
    assert UserSession.objects.get().ip == kept


def test_the_list_shows_nobody_elses(vera: Client, member: Member, sign_in: Answer) -> None:
    member(Role.OWNER, "boss@example.org")
    boss = Client(headers={"user-agent": "Opera/9 Windows"})
    sign_in(boss, "boss@example.org")
    assert "Opera" not in vera.get("/accounts/sessions/").content.decode()
    vera.post("/accounts/sessions/")
    assert boss.get("/account/").status_code == 200


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "An unknown browser"),
    ],
)
def test_a_browser_is_named_in_words(says: str, words: str) -> None:
    assert words_of(says) == words


@pytest.mark.parametrize("path", ["/account/", "/accounts/sessions/", "/accounts/2fa/totp/activate/"])
def test_another_sites_form_changes_nothing(vera: Client, path: str) -> None:
    strict: Any = Client(enforce_csrf_checks=True)
    strict.cookies = vera.cookies
    assert strict.post(path, {"name": "Evil"}).status_code == 403
    assert User.objects.get().name == ""
