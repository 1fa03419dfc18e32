"""Sockets close within five seconds, through Redis and the Procfile's web process, for each of the three reasons."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from apps.accounts import team
from apps.accounts.models import Role
from apps.accounts.services import add_member
from tests.clocks import PATIENCE, Stopwatch
from tests.furnished import Business
from tests.live.test_idle_socket import tell, two, web

__all__ = ["two", "web"]  # fixtures


def test_within_five_seconds_on_a_real_server(two: list[Business], web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tell(monkeypatch)
    acme = two[0]
    vera = add_member(acme.workspace, email="vera@example.org", role=Role.VENDOR)

    def sign_out(browser: Client) -> None:
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        with httpx2.Client(base_url=f"http://{web}", cookies=cookies, timeout=PATIENCE) as wire:
            wire.get("/accounts/logout/")
            token = wire.cookies["csrftoken"]
            assert wire.post("/accounts/logout/", data={"csrfmiddlewaretoken": token}).status_code == 302

    reasons: list[tuple[int, Callable[[Client], object]]] = [
        (4409, lambda _: team.change_role(vera, "supervisor", by=acme.owner)),
        (4401, sign_out),
        (4404, lambda _: team.deactivate(vera, by=acme.owner)),
    ]
    for code, happen in reasons:
        browser = Client()
        browser.force_login(vera.user, backend=settings.AUTHENTICATION_BACKENDS[0])
        cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
        address = f"ws://{web}/w/{acme.slug}/live/"
        how: dict[str, Any] = {"additional_headers": {"Cookie": cookie}, "proxy": None, "open_timeout": PATIENCE}
        with connect(address, origin=f"http://{web}", **how) as line:
            assert json.loads(line.recv(timeout=PATIENCE)) == {"type": "ready"}
            happen(browser)
            with Stopwatch() as took, pytest.raises(ConnectionClosed) as closed:
                while True:
                    line.recv(timeout=PATIENCE)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == code
        assert took.seconds < 5
