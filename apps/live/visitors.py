"""Visitors of a website with our chat on it: who may call from there, and the socket that only receives.

The website must be one of the chat's, and the token one that we signed for this chat. A visitor hears that
something changed or that somebody types; words they fetch over HTTP, with the same token.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from apps.live.audience import groups, visitor
from apps.providers.web_chat import kind, tokens
from apps.tenants.door import enter
from apps.tenants.models import Route, Workspace

log = logging.getLogger(__name__)

#: The subprotocols a visitor's page offers: this name, then its token, which so stands in no address and no log.
PROTOCOL = "leadline.visitor"
SPOKE = 4400
GONE = 4403  # the chat was taken from this website, or is no more
TRY_LATER = 1013
JOIN_TIMEOUT = 5.0  # seconds for joining the group
RECHECK = 300.0  # seconds between two looks at whether the website still may


@dataclass(frozen=True)
class Chat:
    """A connected web chat as the outside reaches it."""

    key: str
    workspace: Workspace
    secrets: tuple[str, ...] = field(repr=False)
    origins: tuple[str, ...]

    def visitor(self, token: str) -> str:
        """Whose token it is; "" for a forged, foreign or outdated one."""
        return tokens.read(self.secrets, self.key, token)

    def token(self, visitor_id: str) -> str:
        """A new token for the visitor."""
        return tokens.issue(self.secrets[0], self.key, visitor_id)


def find_chat(key: str) -> Chat | None:
    """The chat with this key in a workspace that works; None when there is none. One query, public tables only."""
    with enter(None):
        route = Route.objects.select_related("workspace", "hook").filter(kind=kind, key=key).first()
    if route is None or route.workspace.state != Workspace.State.READY or not route.hook.secret_list:
        return None
    return Chat(key, route.workspace, route.hook.secret_list, route.hook.origin_list)


class VisitorConsumer(AsyncWebsocketConsumer):
    """`/chat/<key>/live/`: tells one page of a website when to look. Strangers are refused with 403."""

    group = ""
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Joins the visitor's group."""
        chat = await self._chat()
        visitor_id = chat.visitor(self._token) if chat else ""
        if chat is None or not visitor_id:
            await self.close()
            return
        await self.accept(subprotocol=PROTOCOL)
        (self.group,) = groups(chat.workspace.schema_name, visitor(chat.key, visitor_id))
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                await self.channel_layer.group_add(self.group, self.channel_name)
        except Exception:
            log.exception("A visitor's page could not listen; it asks from time to time instead")
            await self.close(code=TRY_LATER)
            return
        self.watch = asyncio.create_task(self._keep_watching())
        await self.send(text_data='{"type": "ready"}')

    async def disconnect(self, code: int) -> None:
        """Leaves the group."""
        if self.watch is not None:
            self.watch.cancel()
        with suppress(Exception):  # Redis may be what went away; the channel dies with this consumer anyway
            async with asyncio.timeout(JOIN_TIMEOUT):
                if self.group:
                    await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is expected from a page, so whoever speaks is not one."""
        await self.close(code=SPOKE)

    async def live_push(self, event: dict[str, Any]) -> None:
        """Forwards one push."""
        await self.send(text_data=event["text"])

    @property
    def _token(self) -> str:
        offered = self.scope.get("subprotocols", [])
        return str(offered[1]) if len(offered) == 2 and offered[0] == PROTOCOL else ""

    async def _chat(self) -> Chat | None:
        """The chat, if the page's website is one of its."""
        headers = dict(self.scope["headers"])
        chat = await database_sync_to_async(find_chat)(self.scope["url_route"]["kwargs"]["key"])
        origin = headers.get(b"origin", b"").decode("latin-1")
        return chat if chat and origin in chat.origins else None

    async def _keep_watching(self) -> None:
        while True:
            await asyncio.sleep(RECHECK)
            if await self._chat() is None:
                await self.close(code=GONE)
                return
