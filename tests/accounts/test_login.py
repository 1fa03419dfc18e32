"""Signing in by a code that comes by e-mail: no password anywhere, and nobody in who was not let in."""

import time
from collections.abc import Callable

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import Membership, Role, User
from apps.tenants.models import Workspace

Member = Callable[..., Membership]
Answer = Callable[..., HttpResponse]
CONFIRM = "/accounts/login/code/confirm/"


def who(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def test_a_member_comes_in_by_the_code_in_the_mail(
    member: Member, ask_code: Answer, mailed_code: Callable[[], str]
) -> None:
    vera, browser = member(Role.VENDOR, "vera@example.org"), Client()
    asked = ask_code(browser, "vera@example.org")
    assert (asked.status_code, asked["Location"]) == (302, CONFIRM)
    assert who(browser) is None
    assert [message.to for message in mail.outbox] == [["vera@example.org"]]
    confirmed = browser.post(CONFIRM, {"code": mailed_code()})
    assert (confirmed.status_code, confirmed["Location"]) == (302, "/workspaces/")
    assert who(browser) == str(vera.user_id)
    assert browser.get("/workspaces/")["Location"] == "/w/acme/"
    assert browser.get("/w/acme/").status_code == 200


def test_the_address_may_be_typed_in_capitals(member: Member, sign_in: Answer) -> None:
    vera, browser = member(Role.VENDOR, "vera@example.org"), Client()
    sign_in(browser, " Vera@Example.ORG ")
    assert who(browser) == str(vera.user_id)


def test_a_page_asked_for_before_signing_in_is_shown_after(member: Member, sign_in: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    sent_away = browser.get("/w/acme/waiting/?x=1&y=2")
    assert sent_away["Location"] == "/accounts/login/?next=%2Fw%2Facme%2Fwaiting%2F%3Fx%3D1%26y%3D2"
    form = browser.get(sent_away["Location"]).content.decode()
    assert 'value="/w/acme/waiting/?x=1&amp;y=2"' in form
    assert sign_in(browser, "vera@example.org", next="/w/acme/waiting/?x=1&y=2")["Location"] == (
        "/w/acme/waiting/?x=1&y=2"
    )


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example", "http:evil"]
)
def test_nobody_is_sent_to_another_site_after_signing_in(member: Member, sign_in: Answer, elsewhere: str) -> None:
    member(Role.VENDOR, "vera@example.org")
    assert sign_in(Client(), "vera@example.org", next=elsewhere)["Location"] == "/workspaces/"


def test_a_wrong_code_lets_nobody_in_and_three_end_the_try(
    member: Member, ask_code: Answer, mailed_code: Callable[[], str]
) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    ask_code(browser, "vera@example.org")
    right = mailed_code()
    for _ in range(3):
        browser.post(CONFIRM, {"code": "AAAA-AAAA"})
        assert who(browser) is None
    browser.post(CONFIRM, {"code": right})
    assert who(browser) is None


def test_a_code_works_once_and_only_where_it_was_asked_for(
    member: Member, ask_code: Answer, mailed_code: Callable[[], str]
) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser, thief = Client(), Client()
    ask_code(browser, "vera@example.org")
    code = mailed_code()
    ask_code(thief, "vera@example.org")
    assert mailed_code() != code
    thief.post(CONFIRM, {"code": code})
    assert who(thief) is None
    browser.post(CONFIRM, {"code": code})
    assert who(browser) is not None
    browser.post("/accounts/logout/")
    browser.post(CONFIRM, {"code": code})
    assert who(browser) is None


def test_an_old_code_is_worth_nothing(
    member: Member, ask_code: Answer, mailed_code: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    ask_code(browser, "vera@example.org")
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 601)
    browser.post(CONFIRM, {"code": mailed_code()})
    assert who(browser) is None


def test_a_deactivated_person_is_told_so_after_proving_who_they_are(member: Member, sign_in: Answer) -> None:
    gone, browser = member(Role.OWNER, "gone@example.org"), Client()
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert sign_in(browser, "gone@example.org")["Location"] == "/accounts/inactive/"
    assert "Access denied" in browser.get("/accounts/inactive/").content.decode()
    assert who(browser) is None
    assert browser.get("/w/acme/").status_code == 302
    assert browser.get(CONFIRM)["Location"] == "/accounts/login/code/"


def test_a_person_deactivated_while_signed_in_is_out_at_once(member: Member, sign_in: Answer) -> None:
    gone, browser = member(Role.OWNER, "gone@example.org"), Client()
    sign_in(browser, "gone@example.org")
    assert browser.get("/w/acme/").status_code == 200
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    assert browser.get("/w/acme/")["Location"].startswith("/accounts/login/")


def test_signing_out_ends_the_session(member: Member, sign_in: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser, stolen = Client(), Client()
    sign_in(browser, "vera@example.org")
    stolen.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert stolen.get("/w/acme/").status_code == 200
    assert browser.post("/accounts/logout/")["Location"] == "/"
    assert browser.get("/w/acme/").status_code == 302
    assert stolen.get("/w/acme/").status_code == 302


def test_looking_at_the_sign_out_page_signs_nobody_out(member: Member, sign_in: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    sign_in(browser, "vera@example.org")
    assert browser.get("/accounts/logout/").status_code == 200
    assert browser.get("/w/acme/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_there_is_no_other_way_to_sign_up_than_to_sign_in(workspace: Workspace, method: str) -> None:
    answer = getattr(Client(), method)("/accounts/signup/?next=/start/", {"email": "new@example.org"})
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    assert User.objects.count() == 0


@pytest.mark.parametrize("email", ["", "not an address", "a@b", "a\x00@example.org"])
def test_what_is_no_address_is_said_to_be_none(workspace: Workspace, ask_code: Answer, email: str) -> None:
    assert ask_code(Client(), email).status_code == 200
    assert mail.outbox == []


def test_who_is_signed_in_is_not_asked_again(member: Member, sign_in: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    browser = Client()
    sign_in(browser, "vera@example.org")
    assert browser.get("/accounts/login/")["Location"] == "/workspaces/"
    assert browser.get("/")["Location"] == "/workspaces/"
