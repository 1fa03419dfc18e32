"""Sockets close within five seconds, through Redis and the Procfile's web process, for each of the three reasons."""

import json
import time
from collections.abc import Callable

import httpx2
import pytest
from django.conf import settings
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from apps.accounts import team
from apps.accounts.models import Role
from apps.accounts.services import add_member
from apps.live import push as live
from tests.furnished import Business
from tests.live.test_idle_socket import enqueue, two, web

__all__ = ["two", "web"]  # fixtures


def test_within_five_seconds_on_a_real_server(two: list[Business], web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_enqueue", enqueue)
    monkeypatch.setattr(live, "_line", live.Line())
    acme = two[0]
    vera = add_member(acme.workspace, email="vera@example.org", role=Role.VENDOR)

    def sign_out(browser: Client) -> None:
        cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
        with httpx2.Client(base_url=f"http://{web}", cookies=cookies) as wire:
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
        headers = {"Cookie": cookie}
        with connect(address, origin=f"http://{web}", additional_headers=headers, proxy=None) as line:
            assert json.loads(line.recv(timeout=10)) == {"type": "ready"}
            began = time.monotonic()
            happen(browser)
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    line.recv(timeout=5)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == code
        assert time.monotonic() - began < 5
