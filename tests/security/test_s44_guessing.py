"""S44: nobody learns from an answer whether an address has an account, and guessing is cut off."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Role, User
from apps.accounts.services import add_member
from tests.security.conftest import Furniture

Browser = Callable[[str], Client]
CONFIRM = "/accounts/login/code/confirm/"
#: What differs from one answer to the next whoever asks.
TOKENS = re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]+')


def steps(email: str) -> list[tuple[int, str, str]]:
    """Everything that a visitor sees of asking for a code and typing a wrong one."""
    client, seen = Client(), []
    for answer in (
        client.post("/accounts/login/", {"email": email}),
        client.get(CONFIRM),
        client.post(CONFIRM, {"code": "AAAA-AAAA"}),
        client.post(CONFIRM, {"action": "resend"}),
        client.get("/accounts/login/"),
    ):
        text = TOKENS.sub(r"\1", answer.content.decode()).replace(email, "ADDRESS")
        seen.append((answer.status_code, answer.headers.get("Location", ""), text))
    return seen


@pytest.mark.parametrize("state", ["active", "switched off"])
def test_an_address_with_an_account_is_answered_as_one_without(acme: Furniture, state: str) -> None:
    known = add_member(acme.business.workspace, email="known@example.org", role=Role.VENDOR).user
    User.objects.filter(pk=known.pk).update(is_active=state == "active")
    with_account, without = steps("known@example.org"), steps("unknown@example.org")
    if state == "switched off":
        with_account, without = with_account[:1], without[:1]
    assert with_account == without


def test_a_mail_goes_out_in_both_cases(acme: Furniture) -> None:
    for email in (acme.business.owner.user.email, "unknown@example.org"):
        Client().post("/accounts/login/", {"email": email})
    assert [message.to for message in mail.outbox] == [[acme.business.owner.user.email], ["unknown@example.org"]]


def test_asking_for_codes_for_one_address_is_cut_off(acme: Furniture) -> None:
    """From ever new browsers: the address is counted, not the session."""
    email = acme.business.owner.user.email
    answers = [Client().post("/accounts/login/", {"email": email}).status_code for _ in range(12)]
    assert 429 in answers or answers.count(302) < 12
    assert len(mail.outbox) < 10


def test_guessing_the_code_is_cut_off(acme: Furniture) -> None:
    client = Client()
    client.post("/accounts/login/", {"email": acme.business.owner.user.email})
    answers: list[Any] = [client.post(CONFIRM, {"code": f"AAAA-AAA{letter}"}) for letter in "BCDEFGHJ"]
    assert sum(answer.status_code == 200 for answer in answers) <= 3
    assert "_auth_user_id" not in client.session


def test_the_code_is_long_enough_and_not_in_a_link(acme: Furniture) -> None:
    codes = set()
    for _ in range(3):
        Client().post("/accounts/login/", {"email": acme.business.owner.user.email})
        codes.add(mail.outbox[-1].subject.split()[0])
        assert "http" not in mail.outbox[-1].body
    assert len(codes) == len(mail.outbox)
    assert all(re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", code) for code in codes)


def test_guessing_a_second_factor_is_cut_off(acme: Furniture) -> None:
    """Whoever reads somebody's mail has the first one. A right code comes too late then, also in a new browser."""
    user, secret = acme.business.owner.user, "JBSWY3DPEHPK3PXP"
    data = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    right = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client = with_the_code(user.email)
    wrong = [f"{n:06}" for n in range(1_000) if f"{n:06}" not in codes_around(secret)]
    answers = [client.post(SECOND, {"code": code}) for code in wrong[:40]]
    assert "_auth_user_id" not in client.session
    said = [answer.content.decode() for answer in answers if answer.status_code == 200]
    assert sum("Incorrect code" in text for text in said) <= 10
    assert client.post(SECOND, {"code": right}).status_code in (200, 429)
    assert "_auth_user_id" not in client.session
    elsewhere = with_the_code(user.email, REMOTE_ADDR="203.0.113.77")
    assert elsewhere.post(SECOND, {"code": right}).status_code in (200, 429)
    assert "_auth_user_id" not in elsewhere.session


SECOND = "/accounts/2fa/authenticate/"


def with_the_code(email: str, **how: str) -> Client:
    """A browser in which the code from the mail has been typed."""
    client = Client(**how)
    client.post("/accounts/login/", {"email": email})
    answer = client.post(CONFIRM, {"code": mail.outbox[-1].subject.split()[0]})
    assert answer.headers["Location"] == SECOND
    return client


def codes_around(secret: str) -> set[str]:
    """Those that count now or within minutes."""
    now = int(time.time()) // 30
    return {format_hotp_value(hotp_value(secret, now + step)) for step in range(-3, 6)}


def test_time_tells_no_account_either(acme: Furniture, monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes time is the mail, and one is sent in both cases; beside it the questions to the database are alike."""
    known, unknown = acme.business.owner.user.email, "unknown@example.org"
    asked: dict[str, int] = {}
    for email in (known, unknown):
        with CaptureQueriesContext(connection) as seen:
            Client().post("/accounts/login/", {"email": email})
        asked[email] = len(seen)
    assert len(mail.outbox) == 2
    assert abs(asked[known] - asked[unknown]) <= 3

    def took(email: str) -> float:
        cache.clear()
        began = time.perf_counter()
        assert Client().post("/accounts/login/", {"email": email}).status_code == 302
        return time.perf_counter() - began

    times = {email: sorted(took(email) for _ in range(9))[4] for email in (known, unknown)}
    assert max(times.values()) < 2 * min(times.values()) + 0.02
