"""Signing in with Google, as the sandbox world plays it: whom it lets in, and every answer that lets in nobody."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.socialaccount.providers.google import views as google_views
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import Membership, Role, User
from sandbox.world import google
from sandbox.world.client import World
from tests.accounts.test_login import who
from tests.sandbox.world.running import running

Member = Callable[..., Membership]
LOGIN, CALLBACK = "/accounts/google/login/", "/accounts/google/login/callback/"
SELF = "127.0.0.1:8000"


@pytest.fixture(scope="module")
def outside() -> Iterator[World]:
    with running() as world:
        yield world


@dataclass(frozen=True)
class Google:
    """Google, and a browser's way there and back."""

    world: World

    def send(self, browser: Client, **fields: str) -> str:
        """Presses the button; the address at Google."""
        answer = browser.post(LOGIN, fields, headers={"host": SELF})
        assert answer.status_code == 302
        return str(answer["Location"])

    def come_back(self, browser: Client, address: str) -> HttpResponse:
        """Follows Google's redirect."""
        path = urlsplit(address)
        return browser.get(f"{path.path}?{path.query}", headers={"host": SELF})

    def sign_in(self, browser: Client, email: str, *, next: str = "", **account: Any) -> HttpResponse:
        """All steps; our answer to the callback."""
        there = self.send(browser, **({"next": next} if next else {}))
        return self.come_back(browser, self.world.decide_at_google(there, email, **account))


@pytest.fixture
def at_google(outside: World, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Google:
    outside.reset()
    base = f"{outside.url}/google"
    settings.GOOGLE_SIGN_IN = True
    settings.HTTP_TRUSTED_HOSTS = [urlsplit(base).netloc]
    settings.SOCIALACCOUNT_PROVIDERS = {
        "google": {
            **settings.SOCIALACCOUNT_PROVIDERS["google"],
            "APPS": [{"client_id": google.CLIENT_ID, "secret": google.CLIENT_SECRET, "key": ""}],
        }
    }
    adapter = google_views.GoogleOAuth2Adapter  # reads the addresses when it is imported
    monkeypatch.setattr(adapter, "authorize_url", f"{base}/o/oauth2/v2/auth")
    monkeypatch.setattr(adapter, "access_token_url", f"{base}/token")
    monkeypatch.setattr(google_views, "ID_TOKEN_ISSUER", base)
    return Google(outside)


def nothing_written() -> bool:
    return (User.objects.count(), EmailAddress.objects.count(), SocialAccount.objects.count()) == (0, 0, 0)


def test_google_brings_a_new_person_in(at_google: Google) -> None:
    browser = Client()
    there = at_google.send(browser)
    asked = dict(parse_qsl(urlsplit(there).query))
    assert sorted(asked["scope"].split()) == ["email", "profile"]
    assert (asked["code_challenge_method"], asked["client_id"]) == ("S256", google.CLIENT_ID)
    assert asked["redirect_uri"] == f"http://{SELF}{CALLBACK}"
    back = at_google.world.decide_at_google(there, "Luna@luna-bakery.example", name="Luna Marsh")
    answer = at_google.come_back(browser, back)
    assert (answer.status_code, answer["Location"]) == (302, "/workspaces/")
    person = User.objects.get()
    assert (person.email, person.name, person.has_usable_password()) == (
        "luna@luna-bakery.example",
        "Luna Marsh",
        False,
    )
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(person.email, True, True)]
    assert list(SocialAccount.objects.values_list("provider", "user")) == [("google", person.pk)]
    assert (SocialApp.objects.count(), SocialToken.objects.count()) == (0, 0)
    assert who(browser) == str(person.pk)


def test_the_second_time_it_is_the_same_person(at_google: Google) -> None:
    for _ in range(2):
        at_google.sign_in(Client(), "luna@luna-bakery.example", name="Luna")
    assert (User.objects.count(), SocialAccount.objects.count(), EmailAddress.objects.count()) == (1, 1, 1)


def test_a_verified_address_leads_to_the_person_who_has_it(at_google: Google, member: Member) -> None:
    vera, browser = member(Role.VENDOR, "vera@example.org"), Client()
    at_google.sign_in(browser, "Vera@example.org", name="Somebody")
    assert who(browser) == str(vera.user_id)
    assert list(SocialAccount.objects.values_list("user", flat=True)) == [vera.user_id]
    assert (User.objects.count(), User.objects.get().name) == (1, "")


def test_an_unverified_address_lets_in_nobody_new(at_google: Google) -> None:
    browser = Client()
    answer = at_google.sign_in(browser, "luna@luna-bakery.example", verified=False)
    assert (answer.status_code, who(browser)) == (403, None)
    assert "Google has not verified your e-mail address" in answer.content.decode()
    assert nothing_written()


def test_an_unverified_address_never_leads_to_the_person_who_has_it(at_google: Google, member: Member) -> None:
    member(Role.OWNER, "vera@example.org")
    browser = Client()
    assert at_google.sign_in(browser, "vera@example.org", verified=False).status_code == 403
    assert who(browser) is None
    assert (SocialAccount.objects.count(), EmailAddress.objects.count()) == (0, 0)


def test_a_google_account_stays_the_persons_when_its_address_changes(at_google: Google, member: Member) -> None:
    vera, boss = member(Role.VENDOR, "vera@example.org"), member(Role.OWNER, "boss@example.org")
    at_google.sign_in(Client(), "vera@example.org", id="100000000000000000001")
    browser = Client()
    at_google.sign_in(browser, "boss@example.org", id="100000000000000000001")
    assert who(browser) == str(vera.user_id) != str(boss.user_id)
    assert set(EmailAddress.objects.values_list("email", flat=True)) == {"vera@example.org"}


def test_who_is_switched_off_is_told_so(at_google: Google, member: Member) -> None:
    gone, browser = member(Role.OWNER, "gone@example.org"), Client()
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert at_google.sign_in(browser, "gone@example.org")["Location"] == "/accounts/inactive/"
    assert (who(browser), SocialAccount.objects.count()) == (None, 0)
    User.objects.filter(pk=gone.user_id).update(is_active=True)
    at_google.sign_in(Client(), "gone@example.org")
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert at_google.sign_in(browser, "gone@example.org")["Location"] == "/accounts/inactive/"
    assert who(browser) is None


def test_who_denies_it_is_told_that_nothing_happened(at_google: Google) -> None:
    browser = Client()
    answer = at_google.sign_in(browser, "luna@luna-bakery.example", answer="deny")
    assert answer["Location"] == "/accounts/google/cancelled/"
    assert "nothing happened" in browser.get("/accounts/google/cancelled/").content.decode()
    assert who(browser) is None
    assert nothing_written()


def with_state(address: str, state: str | None) -> str:
    path = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(path.query).items() if name != "state"}
    return path._replace(query=urlencode(query | ({} if state is None else {"state": state}))).geturl()


@pytest.mark.parametrize("state", [None, "", "made-up"])
def test_an_answer_without_the_right_state_is_refused(at_google: Google, state: str | None) -> None:
    browser = Client()
    back = at_google.world.decide_at_google(at_google.send(browser), "luna@luna-bakery.example")
    answer = at_google.come_back(browser, with_state(back, state))
    assert (answer.status_code, who(browser)) == (401, None)
    assert nothing_written()


def test_an_answer_begun_in_another_browser_is_refused(at_google: Google) -> None:
    thief, victim = Client(), Client()
    back = at_google.world.decide_at_google(at_google.send(thief), "thief@example.org")
    at_google.send(victim)
    assert at_google.come_back(victim, back).status_code == 401
    assert who(victim) is None
    assert nothing_written()


def test_an_answer_works_once(at_google: Google) -> None:
    browser = Client()
    back = at_google.world.decide_at_google(at_google.send(browser), "luna@luna-bakery.example")
    at_google.come_back(browser, back)
    browser.post("/accounts/logout/")
    assert at_google.come_back(browser, back).status_code == 401
    assert who(browser) is None


def test_a_code_that_was_used_already_lets_in_nobody(at_google: Google) -> None:
    first, second = Client(), Client()
    back = at_google.world.decide_at_google(at_google.send(first), "luna@luna-bakery.example")
    code = parse_qs(urlsplit(back).query)["code"][0]
    at_google.come_back(first, back)
    state = parse_qs(urlsplit(at_google.send(second)).query)["state"][0]
    answer = at_google.come_back(second, f"{CALLBACK}?{urlencode({'code': code, 'state': state})}")
    assert (answer.status_code, who(second)) == (401, None)
    assert "Signing in with Google did not work" in answer.content.decode()


def test_a_code_made_for_another_browser_fails_its_proof_key(at_google: Google) -> None:
    thief, victim = Client(), Client()
    back = at_google.world.decide_at_google(at_google.send(thief), "thief@example.org")
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(at_google.send(victim)).query)["state"][0]
    answer = at_google.come_back(victim, f"{CALLBACK}?{urlencode({'code': code, 'state': state})}")
    assert (answer.status_code, who(victim)) == (401, None)
    assert nothing_written()


@pytest.mark.parametrize(("claim", "value"), [("iss", "https://evil.example"), ("aud", "another-client"), ("exp", 1)])
def test_a_token_of_somebody_else_or_of_yesterday_is_refused(
    at_google: Google, monkeypatch: pytest.MonkeyPatch, claim: str, value: Any
) -> None:
    real = google_views.GoogleOAuth2Adapter.get_access_token_data

    def forged(self: Any, *words: Any, **named: Any) -> Any:
        data = real(self, *words, **named)
        claims = json.loads(base64.urlsafe_b64decode(data["id_token"].split(".")[1] + "=="))
        return {**data, "id_token": jwt.encode({**claims, claim: value}, "k" * 32)}

    monkeypatch.setattr(google_views.GoogleOAuth2Adapter, "get_access_token_data", forged)
    browser = Client()
    assert at_google.sign_in(browser, "luna@luna-bakery.example").status_code == 401
    assert who(browser) is None
    assert nothing_written()


def test_a_google_that_cannot_be_asked_is_told_on_a_page(at_google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Client()
    back = at_google.world.decide_at_google(at_google.send(browser), "luna@luna-bakery.example")
    # An address that our one way out refuses.
    monkeypatch.setattr(google_views.GoogleOAuth2Adapter, "access_token_url", "http://127.0.0.1:1/token")
    answer = at_google.come_back(browser, back)
    assert (answer.status_code, who(browser)) == (401, None)
    assert nothing_written()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site_afterwards(at_google: Google, elsewhere: str) -> None:
    answer = at_google.sign_in(Client(), "luna@luna-bakery.example", next=elsewhere)
    assert answer["Location"] == "/workspaces/"


def test_a_page_asked_for_before_is_shown_after(at_google: Google) -> None:
    answer = at_google.sign_in(Client(), "luna@luna-bakery.example", next="/w/acme/waiting/")
    assert answer["Location"] == "/w/acme/waiting/"


def test_a_link_sends_nobody_to_google(at_google: Google) -> None:
    answer = Client().get(LOGIN)
    assert (answer.status_code, "Continue with Google" in answer.content.decode()) == (200, True)


def test_another_sites_form_sends_nobody_to_google(at_google: Google) -> None:
    assert Client(enforce_csrf_checks=True).post(LOGIN).status_code == 403


def test_the_button_is_there_and_keeps_where_one_was_going(at_google: Google) -> None:
    page = Client().get("/accounts/login/?next=/w/acme/").content.decode()
    assert page.count('value="/w/acme/"') == 2
    assert f'action="{LOGIN}"' in page


def test_an_address_of_the_list_makes_staff_only_when_google_has_verified_it(at_google: Google, settings: Any) -> None:
    settings.ADMIN_EMAILS = ["boss@example.org"]
    at_google.sign_in(Client(), "boss@example.org", verified=False)
    assert nothing_written()
    at_google.sign_in(Client(), "boss@example.org")
    assert list(User.objects.values_list("email", "is_staff")) == [("boss@example.org", True)]
    settings.ADMIN_EMAILS = []
    at_google.sign_in(Client(), "boss@example.org")
    assert list(User.objects.values_list("email", "is_staff")) == [("boss@example.org", False)]


def link(at_google: Google, browser: Client, email: str, **account: Any) -> HttpResponse:
    """Presses “Link my Google account”; our answer to the callback."""
    back = at_google.world.decide_at_google(at_google.send(browser, process="connect"), email, **account)
    return at_google.come_back(browser, back)


@pytest.fixture
def vera(member: Member, client_for: Callable[..., Client]) -> Client:
    """A browser in which Vera is signed in, without Google."""
    return client_for(None, user=member(Role.VENDOR, "vera@example.org").user)


def test_a_person_links_google_and_comes_in_by_it(at_google: Google, vera: Client) -> None:
    assert "Link my Google account" in vera.get("/account/").content.decode()
    assert link(at_google, vera, "vera.private@example.org")["Location"] == "/account/"
    page = vera.get("/account/").content.decode()
    assert ["vera.private@example.org" in page, "Link my Google" in page, "Unlink" in page] == [True, False, True]
    browser = Client()
    at_google.sign_in(browser, "vera.private@example.org")
    assert who(browser) == who(vera)
    assert User.objects.get().email == "vera@example.org"


def test_a_person_unlinks_google_and_still_comes_in_by_a_code(
    at_google: Google, vera: Client, sign_in: Callable[..., HttpResponse]
) -> None:
    link(at_google, vera, "vera.private@example.org")
    account = SocialAccount.objects.get().pk
    assert vera.post("/account/google/unlink/", {"account": account})["Location"] == "/account/"
    assert SocialAccount.objects.count() == 0
    assert "Google is unlinked" in vera.get("/account/").content.decode()
    browser = Client()
    sign_in(browser, "vera@example.org")
    assert who(browser) == who(vera)


def test_a_google_account_of_another_person_is_not_linked(at_google: Google, vera: Client) -> None:
    at_google.sign_in(Client(), "luna@luna-bakery.example")
    link(at_google, vera, "luna@luna-bakery.example")
    assert "another person" in vera.get("/account/").content.decode()
    assert SocialAccount.objects.get().user.email == "luna@luna-bakery.example"


def test_an_address_of_another_person_is_not_linked(at_google: Google, vera: Client, member: Member) -> None:
    member(Role.OWNER, "boss@example.org")
    link(at_google, vera, "boss@example.org")
    assert SocialAccount.objects.count() == 0


def test_an_unverified_google_account_is_not_linked(at_google: Google, vera: Client) -> None:
    assert link(at_google, vera, "vera.private@example.org", verified=False).status_code == 403
    assert SocialAccount.objects.count() == 0


def test_nobody_unlinks_what_is_anothers(at_google: Google, vera: Client) -> None:
    at_google.sign_in(Client(), "luna@luna-bakery.example")
    account = SocialAccount.objects.get().pk
    for given in (str(account), "", "x", "9" * 30, "-1", "\x00"):
        assert vera.post("/account/google/unlink/", {"account": given})["Location"] == "/account/"
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = vera.cookies
    assert strict.post("/account/google/unlink/", {"account": account}).status_code == 403
    assert list(SocialAccount.objects.values_list("pk", flat=True)) == [account]


def test_who_is_not_signed_in_links_nothing(at_google: Google) -> None:
    browser = Client()
    link(at_google, browser, "luna@luna-bakery.example")
    assert who(browser) is None
    assert nothing_written()
