"""The panel's socket: who gets one, what they hear, and that they can only listen."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client

from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.live import consumers
from apps.live.audience import Audience, conversation_audience, groups, member, roles
from apps.tenants.models import Workspace
from tests.live.sockets import opened, run, socket

Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> Iterator[None]:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    yield


async def tell(workspace: Workspace, audience: Audience, text: str) -> None:
    layer: Any = get_channel_layer()
    for group in groups(workspace.schema_name, audience):
        await layer.group_send(group, {"type": "live.push", "text": text})


def test_a_member_hears_their_role_and_themselves(workspace: Workspace, member: Any, client_for: Browser) -> None:
    vera: Membership = member(Role.VENDOR)
    browser = client_for(None, user=vera.user)

    async def scenario() -> None:
        line = await opened(browser)
        await tell(workspace, conversation_audience(None), '{"type": "conversation", "id": 1}')
        assert await line.hear() == {"type": "conversation", "id": 1}
        await tell(workspace, conversation_audience(vera.user_id), '{"type": "conversation", "id": 2}')
        assert await line.hear() == {"type": "conversation", "id": 2}
        await line.leave()

    run(scenario)


def test_nobody_hears_what_is_for_others(
    workspace: Workspace, other: Workspace, member: Any, client_for: Browser
) -> None:
    vera: Membership = member(Role.VENDOR)
    browser = client_for(None, user=vera.user)

    async def scenario() -> None:
        line = await opened(browser)
        await tell(workspace, conversation_audience(vera.user_id + 1), "for a colleague")
        await tell(workspace, roles(*(role for role in Role if role != Role.VENDOR)), "for other roles")
        await tell(other, roles(*Role), "for another workspace")
        assert await line.receive_nothing(timeout=0.3)
        await line.leave()

    run(scenario)


def test_a_person_of_two_workspaces_hears_only_the_one_on_the_page(
    workspace: Workspace, other: Workspace, client_for: Browser
) -> None:
    here = add_member(workspace, email="both@example.org", role=Role.VENDOR)
    add_member(other, email="both@example.org", role=Role.OWNER)
    browser = client_for(None, user=here.user)

    async def scenario() -> None:
        line = await opened(browser)
        await tell(other, roles(Role.OWNER) | member(here.user_id), "for the other page")
        assert await line.receive_nothing(timeout=0.3)
        await line.leave()

    run(scenario)


def test_nobody_gets_4401(workspace: Workspace) -> None:
    async def scenario() -> tuple[bool, int]:
        line = socket(None)
        connected = await line.connect()
        return connected, await line.closing_code()

    assert run(scenario) == (True, 4401)


@pytest.mark.parametrize("path", ["/w/acme/live/", "/w/no-such-workspace/live/"])
def test_a_stranger_gets_4404_as_if_there_were_no_workspace(client_for: Browser, path: str) -> None:
    browser = client_for(None)

    async def scenario() -> int:
        line = socket(browser, path)
        await line.connect()
        return await line.closing_code()

    assert run(scenario) == 4404


@pytest.mark.parametrize("state", [Workspace.State.SUSPENDED, Workspace.State.SETTING_UP])
def test_a_workspace_that_is_not_ready_has_no_socket(workspace: Workspace, client_for: Browser, state: str) -> None:
    browser = client_for(Role.OWNER)
    Workspace.objects.filter(pk=workspace.pk).update(state=state)

    async def scenario() -> int:
        line = socket(browser)
        await line.connect()
        return await line.closing_code()

    assert run(scenario) == 4404


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", "null", None])
def test_another_sites_page_is_refused_before_it_is_a_socket(client_for: Browser, origin: str | None) -> None:
    browser = client_for(Role.OWNER)

    async def scenario() -> bool:
        connected = await socket(browser, origin=origin).connect()
        return connected

    assert run(scenario) is False


def test_another_address_is_refused_before_it_is_a_socket(client_for: Browser) -> None:
    browser = client_for(Role.OWNER)

    async def scenario() -> list[bool]:
        return [await socket(browser, path).connect() for path in ("/", "/live/", "/w/acme/", "/w//live/")]

    assert run(scenario) == [False, False, False, False]


@pytest.mark.parametrize("said", [{"text": "hello"}, {"text": "x" * 2_000_000}, {"bytes": b"\x00"}])
def test_who_speaks_is_closed_with_4400(client_for: Browser, said: dict[str, Any]) -> None:
    browser = client_for(Role.OWNER)

    async def scenario() -> int:
        line = await opened(browser)
        await line.say(**said)
        return await line.closing_code()

    assert run(scenario) == 4400


def test_signing_out_closes_the_socket(client_for: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumers, "RECHECK", 0.05)
    browser = client_for(Role.OWNER)
    session = browser.session

    async def scenario() -> int:
        line = await opened(browser)
        assert await line.receive_nothing(timeout=0.3)
        await sync_to_async(session.flush)()
        return await line.closing_code()

    assert run(scenario) == 4401


@pytest.mark.parametrize(("change", "code"), [("removed", 4404), ("another role", 4409)])
def test_losing_the_seat_closes_the_socket(
    client_for: Browser, member: Any, monkeypatch: pytest.MonkeyPatch, change: str, code: int
) -> None:
    monkeypatch.setattr(consumers, "RECHECK", 0.05)
    membership: Membership = member(Role.OWNER)
    browser = client_for(None, user=membership.user)

    async def scenario() -> int:
        line = await opened(browser)
        mine = Membership.objects.filter(pk=membership.pk)
        await (mine.adelete() if change == "removed" else mine.aupdate(role=Role.VIEWER))
        return await line.closing_code()

    assert run(scenario) == code
