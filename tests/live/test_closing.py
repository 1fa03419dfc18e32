"""Open sockets close at once when their person is deactivated, gets another role, or signs out; others stay open."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client, TestCase

from apps import tenants
from apps.accounts import team
from apps.accounts.models import Membership, Role
from apps.accounts.services import add_member
from apps.tenants.models import Workspace
from tests.live.sockets import Socket, opened, run

HOST = {"host": "localhost"}
Browser = Callable[..., Client]
Pushed = list[tuple[list[str], dict[str, Any]]]


@pytest.fixture(autouse=True)
def in_memory(settings: Any) -> Iterator[None]:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    yield


@pytest.fixture
def vera(member: Callable[..., Membership]) -> Membership:
    return member(Role.VENDOR)


async def act(pushed: Pushed, what: Callable[[], object]) -> None:
    """Does it, and carries what was pushed to the open sockets."""

    def committed() -> None:
        with TestCase.captureOnCommitCallbacks(execute=True):
            what()

    pushed.clear()
    await sync_to_async(committed)()
    layer: Any = get_channel_layer()
    for groups, payload in pushed:
        for group in groups:
            await layer.group_send(group, {"type": "live.push", "text": json.dumps(payload)})


def from_outside(what: Callable[[], object]) -> Callable[[], object]:
    def entered() -> None:
        with tenants.enter(None):
            what()

    return entered


async def is_open(line: Socket) -> bool:
    return bool(await line.receive_nothing(timeout=0.2))


@pytest.mark.parametrize(("change", "code"), [("deactivated", 4404), ("another role", 4409)])
def test_a_members_socket_closes_when_the_team_changes(
    workspace: Workspace, member: Any, vera: Membership, client_for: Browser, pushed: Pushed, change: str, code: int
) -> None:
    owner, browser = member(Role.OWNER), client_for(None, user=vera.user)
    colleague = client_for(Role.VENDOR)

    def go() -> None:
        if change == "deactivated":
            team.deactivate(vera, by=owner)
        else:
            team.change_role(vera, "supervisor", by=owner)

    async def scenario() -> int:
        hers, theirs = await opened(browser), await opened(colleague)
        await act(pushed, go)
        assert await is_open(theirs)
        await theirs.leave()
        return await hers.closing_code()

    assert run(scenario) == code


def test_it_connects_again_and_hears_what_the_new_role_hears(
    workspace: Workspace, member: Any, vera: Membership, client_for: Browser, pushed: Pushed
) -> None:
    owner, browser = member(Role.OWNER), client_for(None, user=vera.user)

    async def scenario() -> Any:
        before = await opened(browser)
        await act(pushed, lambda: team.change_role(vera, "supervisor", by=owner))
        assert await before.closing_code() == 4409
        after = await opened(browser)
        layer: Any = get_channel_layer()
        group = f"{workspace.schema_name}.role.supervisor"
        await layer.group_send(group, {"type": "live.push", "text": '{"type": "conversation", "id": 9}'})
        heard = await after.hear()
        await after.leave()
        return heard

    assert run(scenario) == {"type": "conversation", "id": 9}


def test_signing_out_closes_this_browsers_socket_and_no_other(
    vera: Membership, client_for: Browser, pushed: Pushed
) -> None:
    here, there = client_for(None, user=vera.user), client_for(None, user=vera.user)

    async def scenario() -> int:
        mine, other = await opened(here), await opened(there)
        await act(pushed, from_outside(lambda: here.post("/accounts/logout/", headers=HOST)))
        assert await is_open(other)
        await other.leave()
        return await mine.closing_code()

    assert run(scenario) == 4401


def test_signing_out_of_the_others_closes_theirs_and_not_this_ones(
    vera: Membership, client_for: Browser, pushed: Pushed
) -> None:
    here, there = client_for(None, user=vera.user), client_for(None, user=vera.user)
    for browser in (here, there):  # as signing in would have noted
        UserSession.objects.create(user=vera.user, session_key=browser.session.session_key, ip="127.0.0.1")

    async def scenario() -> int:
        mine, other = await opened(here), await opened(there)
        await act(pushed, from_outside(lambda: here.post("/accounts/sessions/", headers=HOST)))
        assert await is_open(mine)
        await mine.leave()
        return await other.closing_code()

    assert run(scenario) == 4401


def test_a_change_in_one_workspace_leaves_the_persons_pages_of_another_open(
    workspace: Workspace, other: Workspace, member: Any, vera: Membership, client_for: Browser, pushed: Pushed
) -> None:
    owner, browser = member(Role.OWNER), client_for(None, user=vera.user)
    add_member(other, email=vera.user.email, role=Role.VENDOR)

    async def scenario() -> int:
        here, there = await opened(browser), await opened(browser, "/w/other/live/")
        await act(pushed, lambda: team.deactivate(vera, by=owner))
        assert await is_open(there)
        await there.leave()
        return await here.closing_code()

    assert run(scenario) == 4404
