"""Signing in as people do: ask for a code, read the mail, type the code."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from apps import tenants

CODE = re.compile(r"^    (\S+)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _from_outside(workspace: object) -> Iterator[None]:
    """People come from outside every workspace. What counts against them is undone with the test."""
    with tenants.enter(None):
        yield


@pytest.fixture
def ask_code() -> Callable[..., HttpResponse]:
    """`ask_code(browser, "vera@example.org", next="/w/acme/")`: the first step."""

    def ask(browser: Client, email: str, **fields: str) -> HttpResponse:
        return browser.post("/accounts/login/", {"email": email, **fields})

    return ask


@pytest.fixture
def mailed_code() -> Callable[[], str]:
    """The code in the newest e-mail."""

    def read() -> str:
        found = CODE.search(mail.outbox[-1].body)
        assert found, mail.outbox[-1].body
        return found.group(1)

    return read


@pytest.fixture
def sign_in(ask_code: Callable[..., HttpResponse], mailed_code: Callable[[], str]) -> Callable[..., HttpResponse]:
    """All steps; the answer to the code."""

    def go(browser: Client, email: str, **fields: str) -> HttpResponse:
        ask_code(browser, email, **fields)
        return browser.post("/accounts/login/code/confirm/", {"code": mailed_code(), **fields})

    return go
