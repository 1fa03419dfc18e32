"""S38: nothing that a client sends with a socket, before or after it opens, chooses what is heard on it.

tests/live/test_socket.py shows who gets one; here are those who have a right to one and want another's.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.test import Client

from apps.accounts.models import Role
from apps.live.audience import conversation_audience, groups, member, roles
from apps.live.routing import websocket_app
from apps.tenants.models import Workspace
from tests.live.sockets import ORIGIN, SECONDS, Socket, opened, run
from tests.security.conftest import Furniture

Browser = Callable[[Any], Client]
HOST = (b"host", b"localhost:8000")


@pytest.fixture(autouse=True)
def _in_memory(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    yield


def dressed(browser: Client, *, path: str = "/w/acme/live/", query: bytes = b"", **headers: str) -> Socket:
    """A socket with this session's cookie and whatever else a client can write."""
    cookie = f"sessionid={browser.cookies['sessionid'].value}"
    given = {"origin": ORIGIN, "cookie": cookie, **headers}
    pairs = [HOST, *((name.replace("_", "-").encode(), value.encode()) for name, value in given.items())]
    scope = {"type": "websocket", "path": path, "query_string": query, "headers": pairs, "subprotocols": []}
    return Socket(websocket_app, scope)


async def tell_others(acme: Workspace, other: Workspace, own_id: int) -> None:
    """Everything that is not this vendor's: colleagues', other roles', the whole other workspace's."""
    layer: Any = get_channel_layer()
    foreign = [
        *groups(other.schema_name, roles(*Role) | member(own_id)),
        *groups(acme.schema_name, conversation_audience(own_id + 1)),
        "w_other.role.owner",
    ]
    for group in foreign:
        await layer.group_send(group, {"type": "live.push", "text": '{"type": "conversation", "id": 4711}'})


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        (b"slug=other", {}),
        (b"group=w_other.role.owner&groups[]=role.owner&role=owner", {}),
        (b"user=1&user_id=1&workspace=other&schema=public", {}),
        (b"", {"x_workspace": "other", "x_forwarded_prefix": "/w/other"}),
        (b"", {"x_forwarded_host": "other.localhost", "x_original_url": "/w/other/live/"}),
        (b"", {"sec_websocket_protocol": "w_other.role.owner"}),
        (b"conversation=5000001", {"authorization": "Bearer anything"}),
    ],
)
def test_what_stands_beside_the_address_chooses_nothing(
    acme: Furniture, theirs: Furniture, browser: Browser, query: bytes, headers: dict[str, str]
) -> None:
    vendor = browser("vendor")
    own_id = int(vendor.session["_auth_user_id"])

    async def scene() -> Any:
        page = dressed(vendor, query=query, **headers)
        assert await page.connect()
        assert await page.hear() == {"type": "ready"}
        await tell_others(acme.business.workspace, theirs.business.workspace, own_id)
        silent = await page.receive_nothing(timeout=0.3)
        layer: Any = get_channel_layer()
        mine = groups(acme.business.workspace.schema_name, member(own_id))[0]
        await layer.group_send(mine, {"type": "live.push", "text": '{"type": "conversation", "id": 1}'})
        heard = await page.hear()
        await page.leave()
        return silent, heard

    assert run(scene) == (True, {"type": "conversation", "id": 1})


@pytest.mark.parametrize(
    "path", ["/w/other/live/", "/w/OTHER/live/", "/w/acme/../other/live/", "/w/%6fther/live/", "/w/acme/live/../live/"]
)
def test_another_workspaces_address_opens_nothing(
    acme: Furniture, theirs: Furniture, browser: Browser, path: str
) -> None:
    owner = browser("owner")

    async def scene() -> str | int:
        page = dressed(owner, path=path)
        return await page.closing_code() if await page.connect() else "refused"

    assert run(scene) in (4404, "refused")


@pytest.mark.parametrize("key", ["", "0" * 32, "../../etc/passwd", "x" * 4000, "\u00e9"])
def test_a_session_that_nobody_has_is_nobodys(acme: Furniture, browser: Browser, key: str) -> None:
    client = browser("owner")
    client.cookies["sessionid"] = key

    async def scene() -> int:
        page = dressed(client)
        await page.connect()
        return await page.closing_code()

    assert run(scene) == 4401


def test_a_session_that_ran_out_is_nobodys(acme: Furniture, browser: Browser) -> None:
    client = browser("owner")
    session = client.session
    session.set_expiry(-1)
    session.save()

    async def scene() -> int:
        page = dressed(client)
        await page.connect()
        return await page.closing_code()

    assert run(scene) == 4401


def test_a_thousand_frames_are_one_close_and_no_work(
    acme: Furniture, browser: Browser, django_assert_max_num_queries: Any
) -> None:
    """The first ends it; what follows reaches nobody and asks the database nothing."""
    owner = browser("owner")

    async def scene() -> list[dict[str, Any]]:
        page = await opened(owner)
        for number in range(1000):
            await page.say(text=json.dumps({"type": "subscribe", "group": "w_other.role.owner", "n": number}))
        said = [await page.receive_output(SECONDS)]
        while not await page.receive_nothing(timeout=0.2):
            said.append(await page.receive_output(SECONDS))
        return said

    with django_assert_max_num_queries(20):
        said = run(scene)
    assert [(one["type"], one.get("code")) for one in said] == [("websocket.close", 4400)]


def test_a_visitors_socket_takes_no_members_session(acme: Furniture, browser: Browser) -> None:
    """The two kinds of socket share a server, and not what opens them."""
    owner = browser("owner")

    async def scene() -> list[bool]:
        paths = ("/chat/none/live/", f"/chat/{acme.business.hook.key}/live/", "/chat/../w/acme/live/")
        return [await dressed(owner, path=path).connect() for path in paths]

    assert run(scene) == [False, False, False]


def test_a_suspended_workspaces_socket_closes_when_it_is_told_to_look(
    acme: Furniture, browser: Browser, pushed: list[tuple[list[str], dict[str, Any]]]
) -> None:
    owner = browser("owner")
    person = f"person.{owner.session['_auth_user_id']}"

    async def scene() -> int:
        page = await opened(owner)
        await sync_to_async(Workspace.objects.filter(slug="acme").update)(state=Workspace.State.SUSPENDED)
        layer: Any = get_channel_layer()
        await layer.group_send(person, {"type": "live.push", "text": '{"type": "look"}'})
        return await page.closing_code()

    assert run(scene) == 4404
