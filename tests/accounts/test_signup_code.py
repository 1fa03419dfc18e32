"""Signing up by a code: an address becomes a person when its code is typed, and not before."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import Membership, Role, User
from tests.accounts.test_login import CONFIRM, who

Member = Callable[..., Membership]
Answer = Callable[..., HttpResponse]


def test_a_new_address_becomes_a_person_when_its_code_is_typed(
    ask_code: Answer, mailed_code: Callable[[], str]
) -> None:
    browser = Client()
    ask_code(browser, " New@Example.org ")
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
    browser.post(CONFIRM, {"code": mailed_code()})
    person = User.objects.get()
    assert (person.email, person.has_usable_password(), person.is_staff) == ("new@example.org", False, False)
    assert list(EmailAddress.objects.values_list("email", "verified", "primary", "user")) == [
        ("new@example.org", True, True, person.pk)
    ]
    assert who(browser) == str(person.pk)


def test_a_wrong_code_makes_nobody(ask_code: Answer) -> None:
    browser = Client()
    ask_code(browser, "new@example.org")
    for _ in range(3):
        browser.post(CONFIRM, {"code": "AAAA-AAAA"})
    assert (User.objects.count(), EmailAddress.objects.count()) == (0, 0)
    assert who(browser) is None


def test_an_empty_code_is_not_the_code_of_a_new_address(ask_code: Answer) -> None:
    browser = Client()
    ask_code(browser, "new@example.org")
    browser.post(CONFIRM, {"code": ""})
    assert User.objects.count() == 0


def test_another_code_may_be_asked_for_and_the_first_is_void(ask_code: Answer, mailed_code: Callable[[], str]) -> None:
    browser = Client()
    ask_code(browser, "new@example.org")
    first = mailed_code()
    browser.post(CONFIRM, {"action": "resend"})
    assert len(mail.outbox) == 2
    browser.post(CONFIRM, {"code": first})
    assert User.objects.count() == 0
    browser.post(CONFIRM, {"code": mailed_code()})
    assert who(browser) == str(User.objects.get().pk)


def test_what_is_shown_does_not_tell_whether_an_address_is_known(member: Member, ask_code: Answer) -> None:
    member(Role.VENDOR, "vera@example.org")
    shown = []
    for email in ("vera@example.org", "nobo@example.org"):
        browser = Client()
        asked = ask_code(browser, email)
        page = browser.get(CONFIRM).content.decode().replace(email, "…")
        shown.append((asked.status_code, asked["Location"], [line for line in page.split("\n") if "csrf" not in line]))
    assert shown[0] == shown[1]
    assert len({message.subject.partition(" ")[2] for message in mail.outbox}) == 1


def test_two_windows_of_one_new_address_make_one_person(ask_code: Answer, mailed_code: Callable[[], str]) -> None:
    here, there = Client(), Client()
    ask_code(here, "new@example.org")
    code_here = mailed_code()
    ask_code(there, "new@example.org")
    there.post(CONFIRM, {"code": mailed_code()})
    here.post(CONFIRM, {"code": code_here})
    assert User.objects.count() == 1
    assert who(here) == who(there) == str(User.objects.get().pk)


def test_a_member_proves_the_address_by_signing_in(member: Member, sign_in: Answer) -> None:
    vera = member(Role.VENDOR, "vera@example.org")
    assert EmailAddress.objects.count() == 0
    sign_in(Client(), "vera@example.org")
    assert list(EmailAddress.objects.values_list("user", "verified", "primary")) == [(vera.user_id, True, True)]


def test_the_session_lasts_a_week_and_no_script_can_read_it(sign_in: Answer) -> None:
    browser = Client()
    sign_in(browser, "new@example.org")
    cookie = browser.cookies["sessionid"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (7 * 24 * 3600, True, "Lax")


def test_without_a_google_client_there_is_no_button_and_no_address(workspace: object) -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert "Google" not in page
    assert [Client().post(f"/accounts/google/login/{rest}").status_code for rest in ("", "callback/")] == [404, 404]


@pytest.mark.parametrize("listed", ["boss@example.org", "Boss@Example.org"])
def test_an_address_of_the_list_makes_staff_at_sign_in_and_leaving_it_unmakes(
    sign_in: Answer, settings: object, listed: str
) -> None:
    settings.ADMIN_EMAILS = [listed.lower()]  # type: ignore[attr-defined]
    sign_in(Client(), "boss@example.org")
    sign_in(Client(), "other@example.org")
    assert dict(User.objects.values_list("email", "is_staff")) == {"boss@example.org": True, "other@example.org": False}
    settings.ADMIN_EMAILS = []  # type: ignore[attr-defined]
    sign_in(Client(), "boss@example.org")
    assert list(User.objects.filter(is_staff=True)) == []


def test_an_unverified_address_of_the_list_makes_nobody_staff(
    member: Member, sign_in: Answer, settings: object
) -> None:
    vera = member(Role.VENDOR, "vera@example.org")
    settings.ADMIN_EMAILS = ["boss@example.org"]  # type: ignore[attr-defined]
    EmailAddress.objects.create(user=vera.user, email="boss@example.org", verified=False)
    sign_in(Client(), "vera@example.org")
    assert list(User.objects.filter(is_staff=True)) == []
