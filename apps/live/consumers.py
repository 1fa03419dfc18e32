"""The panel's socket: it only receives, and only what the member's role and membership say.

The page cannot ask for anything here; commands and fragments go over HTTP, where permission is checked.
"""

import asyncio
import json
import logging
import random
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from apps.accounts.models import Membership, Role
from apps.live.audience import LOOK, groups, person, seat
from apps.tenants.door import enter
from apps.tenants.models import Workspace

log = logging.getLogger(__name__)

NOBODY = 4401  # not signed in, or not any more
CHANGED = 4409  # they have another role now: connect again, to hear what it hears
STRANGER = 4404  # no such workspace, or not a member of it: the two look the same from outside
SPOKE = 4400  # the client sent something
TRY_LATER = 1013  # the standard's code for a server that cannot serve now
JOIN_TIMEOUT = 5.0  # seconds for joining the groups
RECHECK = 30.0  # seconds between two looks at whether session and membership still stand


@dataclass(frozen=True)
class Seat:
    """A member's place in a workspace, by which the groups are named."""

    schema: str
    user_id: int
    role: str

    @property
    def groups(self) -> list[str]:
        """The channel groups this member hears."""
        return groups(self.schema, seat(self.user_id, Role(self.role)))


def find_seat(user_id: int, slug: str) -> Seat | None:
    """The active user's seat in a ready workspace: one query, public tables only."""
    with enter(None):
        found = (
            Membership.objects.filter(
                user_id=user_id,
                user__is_active=True,
                deactivated_at=None,
                workspace__slug=slug,
                workspace__state=Workspace.State.READY,
            )
            .values_list("workspace__schema_name", "role")
            .first()
        )
    return Seat(found[0], user_id, found[1]) if found else None


def find_sitter(session_key: str | None, slug: str) -> tuple[int | None, Seat | None]:
    """Whose session this still is, and their seat in the workspace; None for a session that ended, for no seat."""
    holder = HttpRequest()
    holder.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    with enter(None):
        user = get_user(holder)
        return (user.pk, find_seat(user.pk, slug)) if user.is_authenticated else (None, None)


class PanelConsumer(AsyncWebsocketConsumer):
    """`/w/<slug>/live/`: forwards pushes to one page.

    Closes with 4401 for nobody, 4404 for a stranger, 4409 when the role changed, 4400 for a client that sends
    anything. These codes can only be told on an open socket, so it is accepted first.
    """

    seat: Seat | None = None
    watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Finds the member's seat and joins its groups."""
        await self.accept()
        user = self.scope["user"]
        if not user.is_authenticated:
            await self.close(code=NOBODY)
            return
        self.seat = await database_sync_to_async(find_seat)(user.pk, self._slug)
        if self.seat is None:
            await self.close(code=STRANGER)
            return
        try:
            async with asyncio.timeout(JOIN_TIMEOUT):
                for group in [*self.seat.groups, person(self.seat.user_id)]:
                    await self.channel_layer.group_add(group, self.channel_name)
        except Exception:
            log.exception("A page could not listen for changes; it asks for them every 20 s instead")
            await self.close(code=TRY_LATER)
            return
        # Once more, now that it hears of changes: one that came just before would not have been told.
        if await self._look(self.seat):
            self.watch = asyncio.create_task(self._keep_watching(self.seat))
            await self.send(text_data='{"type": "ready"}')

    async def disconnect(self, code: int) -> None:
        """Leaves the groups."""
        if self.watch is not None:
            self.watch.cancel()
        with suppress(Exception):  # Redis may be what went away; the channel dies with this consumer anyway
            async with asyncio.timeout(JOIN_TIMEOUT):
                for group in [*self.seat.groups, person(self.seat.user_id)] if self.seat else []:
                    await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is expected from a page, so whoever speaks is not one."""
        await self.close(code=SPOKE)

    async def live_push(self, event: dict[str, Any]) -> None:
        """Forwards one push; one that is for the socket itself has it look whether it may go on."""
        if json.loads(event["text"]).get("type") != LOOK:
            await self.send(text_data=event["text"])
        elif self.seat is not None:
            await self._look(self.seat)

    @property
    def _slug(self) -> str:
        return cast(str, self.scope["url_route"]["kwargs"]["slug"])

    async def _keep_watching(self, seat: Seat) -> None:
        """Looks from time to time, should nobody have been able to tell."""
        pause = RECHECK * random.random()  # noqa: S311  # a thousand pages that came back together
        stands = True
        while stands:
            await asyncio.sleep(pause)
            stands, pause = await self._look(seat), RECHECK

    async def _look(self, seat: Seat) -> bool:
        """Whether it may go on; closes the socket when its person signed out, was removed or got another role."""
        session_key = self.scope["session"].session_key
        user_id, now = await database_sync_to_async(find_sitter)(session_key, self._slug)
        if user_id != seat.user_id:
            await self.close(code=NOBODY)
        elif now != seat:
            await self.close(code=STRANGER if now is None else CHANGED)
        return user_id == seat.user_id and now == seat


class NoSuchSocket(AsyncWebsocketConsumer):
    """Every other address: refused before it is a socket."""

    async def connect(self) -> None:
        """Refuses the handshake with 403."""
        await self.close()
