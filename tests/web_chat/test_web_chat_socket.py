"""The visitor's socket: only from the chat's websites, only with their token, and only to listen."""

from collections.abc import Iterator
from typing import Any

import pytest
from channels.layers import get_channel_layer

from apps.inboxes.models import Widget
from apps.inboxes.widgets import change_widget, connect_widget
from apps.live import visitors
from apps.live.audience import Audience, conversation_audience, groups, roles, visitor
from apps.live.routing import websocket_app
from apps.tenants.models import Workspace
from tests.live.sockets import SECONDS, Socket, run
from tests.web_chat.chats import ELSEWHERE, SITE, Browser, key_of


@pytest.fixture(autouse=True)
def in_memory(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    yield


def line(browser: Browser, *, site: str | None = SITE, key: str = "", protocols: list[str] | None = None) -> Socket:
    """A socket as the script opens it."""
    headers = [(b"host", b"localhost:8000")] + ([(b"origin", site.encode())] if site is not None else [])
    offered = ["leadline.visitor", browser.token] if protocols is None else protocols
    path = f"/chat/{key or browser.key}/live/"
    scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": offered}
    return Socket(websocket_app, scope)


async def tell(workspace: Workspace, audience: Audience, text: str) -> None:
    layer: Any = get_channel_layer()
    for group in groups(workspace.schema_name, audience):
        await layer.group_send(group, {"type": "live.push", "text": text})


def test_a_visitor_hears_what_is_theirs_and_nothing_else(workspace: Workspace, other: Workspace, browser: Any) -> None:
    maya, tom = browser(), browser()

    async def scenario() -> None:
        page = line(maya)
        assert await page.connect()
        assert await page.hear() == {"type": "ready"}
        await tell(workspace, visitor(maya.key, tom.visitor), '{"type": "for Tom"}')
        await tell(workspace, conversation_audience(None) | roles("owner"), '{"type": "for the team"}')
        await tell(workspace, visitor("another", maya.visitor), '{"type": "of another chat"}')
        await tell(other, visitor(maya.key, maya.visitor), '{"type": "of another workspace"}')
        assert await page.receive_nothing(timeout=0.3)
        await tell(workspace, visitor(maya.key, maya.visitor), '{"type": "changed"}')
        assert await page.hear() == {"type": "changed"}
        await page.leave()

    run(scenario)


@pytest.mark.parametrize("site", [ELSEWHERE, "null", "", None])
def test_another_website_gets_no_socket(browser: Any, site: str | None) -> None:
    maya = browser()
    assert run(lambda: line(maya, site=site).connect()) is False


def test_no_token_or_another_chats_gets_no_socket(browser: Any, workspace: Workspace, bot: Any) -> None:
    maya = browser()
    beside = key_of(connect_widget(workspace, bot=bot, name="Second", websites=SITE))
    forged = ["leadline.visitor", "0" * 32 + maya.token[32:]]
    for how in ({"protocols": []}, {"protocols": [maya.token]}, {"protocols": forged}, {"key": beside}, {"key": "no"}):
        assert run(lambda how=how: line(maya, **how).connect()) is False


def test_who_speaks_is_closed(browser: Any) -> None:
    maya = browser()

    async def scenario() -> int:
        page = line(maya)
        await page.connect()
        await page.hear()
        await page.say(text="hello?")
        return await page.closing_code()

    assert run(scenario) == visitors.SPOKE


def test_a_website_that_is_removed_loses_its_sockets(
    browser: Any, widget: Widget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "RECHECK", 0.05)
    maya = browser()
    gone: list[int] = []

    async def scenario() -> None:
        page = line(maya)
        assert await page.connect()
        await page.hear()
        await visitors.database_sync_to_async(change_widget)(widget, name="W", websites="https://new.example")
        gone.append(await page.closing_code())

    run(scenario)
    assert gone == [visitors.GONE]


def test_the_token_is_echoed_nowhere(browser: Any) -> None:
    maya = browser()

    async def scenario() -> Any:
        page = line(maya)
        await page.send_input({"type": "websocket.connect"})
        return await page.receive_output(SECONDS)

    accepted = run(scenario)
    assert accepted["subprotocol"] == "leadline.visitor"
    assert maya.token not in str(accepted)
