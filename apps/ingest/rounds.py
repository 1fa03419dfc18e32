"""A round with some deliveries: what it looks up once for all of them, and what it writes once.

It holds nothing longer than a second: numbers are connected and disconnected, workspaces suspended meanwhile.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from apps import tenants
from apps.conversations import services as conversations
from apps.conversations.models import Message
from apps.core import connections, metrics
from apps.inboxes.models import Inbox
from apps.ingest import aside, claims
from apps.ingest.aside import Aside
from apps.ingest.models import Delivery, Quarantined
from apps.ingest.waiting import Lane
from apps.providers.base import Inbound, Item, Status
from apps.tenants.models import Workspace
from apps.work import ages, owed

log = logging.getLogger(__name__)

#: What was looked up holds for so long. All that a round reads came in before it looked.
KNOWN_SECONDS = 1.0
#: What is done is closed at the latest so long after.
HELD_SECONDS = 0.5
#: So often the database may fail items of a workspace before the others are not tried in this round.
MOST_BORNE = 3
#: A lease outlives so many renewals that fail.
BEATS = 5
#: What has waited so long was not read as it came: more of the same may still wait behind it.
LATE_SECONDS = 1.0

#: Finds whose the key of a delivery's item is. May raise.
Find = Callable[[Delivery, str], Workspace]


@dataclass
class Place:
    """Where a key leads. The inbox is found when somebody is in the workspace."""

    workspace: Workspace
    until: float
    inbox: Inbox | None = None


@dataclass
class Visit:
    """What is known and noted in a workspace while somebody is there: the messages that are named, by inbox."""

    workspace: Workspace | None = None
    named: dict[Inbox, set[str]] = field(default_factory=dict)
    messages: dict[Inbox, dict[str, Message]] = field(default_factory=dict)
    until: float = 0.0
    heard: dict[Inbox, datetime] = field(default_factory=dict)
    borne: int = 0


@dataclass
class Open:
    """A delivery in hand: how many items it holds, how many of them are left, how many have failed."""

    delivery: Delivery
    items: int
    left: int
    failed: int = 0


@dataclass(frozen=True)
class Step:
    """An item of a delivery in hand, and its place there."""

    open: Open
    place: int
    item: Item


class Round:
    """One round; more waits in the lanes that are `behind`. `write` at its end, outside of every visit."""

    def __init__(self, find: Find, behind: Collection[Lane] = ()) -> None:
        self._find = find
        self._behind = behind
        self._places: dict[tuple[int, str], Place] = {}
        self._here = Visit()
        self._done: list[claims.Finished] = []
        self._done_since = 0.0
        self._held: dict[int, Delivery] = {}
        self._renewed_at = time.monotonic()
        self._aside: dict[aside.Spot, Quarantined] = {}
        self._released: dict[aside.Spot, None] = {}
        self._erred: set[int] = set()

    def hold(self, deliveries: Iterable[Delivery]) -> None:
        """These are in hand: their leases are renewed while the round goes on, until they are closed or left."""
        self._held.update((delivery.pk, delivery) for delivery in deliveries)

    def workspace(self, delivery: Delivery, key: str) -> Workspace:
        """Whose the key is, coming by the delivery's hook. Raises what finding raises."""
        return self._place(delivery, key).workspace

    def inbox(self, delivery: Delivery, key: str) -> Inbox:
        """The inbox behind the key; ask in its workspace. Raises Inbox.DoesNotExist."""
        place = self._place(delivery, key)
        if place.inbox is None:
            inboxes = Inbox.objects.select_related("bot")
            place.inbox = inboxes.get(provider=delivery.hook.provider, external_key=key)
        return place.inbox

    def _place(self, delivery: Delivery, key: str) -> Place:
        known = self._places.get((delivery.hook_id, key))
        if known is None or known.until < time.monotonic():
            until = time.monotonic() + KNOWN_SECONDS
            known = self._places[delivery.hook_id, key] = Place(self._find(delivery, key), until)
        return known

    @contextmanager
    def visit(self, workspace: Workspace) -> Iterator[None]:
        """In the workspace; whoever is there already stays. What was heard in it is written before leaving."""
        if workspace == self._here.workspace:
            yield
            return
        before, self._here = self._here, Visit(workspace)
        try:
            with tenants.enter(workspace):
                yield
                self._tell()
        finally:
            self._here = before

    def expect(self, coming: Iterable[Step]) -> None:
        """Notes which messages these items of the visited workspace name, to look them up together."""
        self._here.named, self._here.until = {}, 0.0
        for inbox, steps in self.by_inbox(coming).items():
            if inbox is not None:
                items = [step.item for step in steps]
                self._here.named[inbox] = {one.external_id for one in items if isinstance(one, Inbound | Status)}

    def by_inbox(self, steps: Iterable[Step]) -> dict[Inbox | None, list[Step]]:
        """The steps by the inbox of the visited workspace that they came by; None for those that belong elsewhere."""
        found: dict[Inbox | None, list[Step]] = {}
        for step in steps:
            found.setdefault(self._inbox_here(step), []).append(step)
        return found

    def _inbox_here(self, step: Step) -> Inbox | None:
        delivery, key = step.open.delivery, getattr(step.item, "route_key", "")
        try:
            here = self._here.workspace is not None and self.workspace(delivery, key) == self._here.workspace
            return self.inbox(delivery, key) if here else None
        except (Inbox.DoesNotExist, Aside):
            return None  # the item itself will find out

    def stored(self, inbox: Inbox, external_id: str) -> Message | None:
        """The inbox's message that the vendor calls by this id, as it was at most a second ago; None if not there."""
        here = self._here
        if external_id not in here.named.get(inbox, ()):
            return conversations.known(inbox, external_id)
        if here.until < time.monotonic():
            here.until = time.monotonic() + KNOWN_SECONDS
            here.messages = {one: conversations.known_of(one, ids) for one, ids in here.named.items()}
        return here.messages[inbox].get(external_id)

    def known(self, inbox: Inbox, external_id: str) -> Message | None:
        """As `stored`, but one that was not there a moment ago is looked for again."""
        return self.stored(inbox, external_id) or conversations.known(inbox, external_id)

    def late(self, delivery: Delivery) -> bool:
        """Whether more of what the delivery brings may wait behind it."""
        return delivery.waited >= LATE_SECONDS or (delivery.hook_id, delivery.lane) in self._behind

    def hear(self, inbox: Inbox, at: datetime | None) -> None:
        """Notes when the vendor told something of the inbox's messages; only the newest is written."""
        if at is not None:
            self._here.heard[inbox] = max(at, self._here.heard.get(inbox, at))

    def count(self, inbox: Inbox, many: int = 1) -> None:
        """Counts messages that came by the inbox, for who looks after the installation."""
        if self._here.workspace is not None:
            metrics.count("inbound", f"{self._here.workspace.pk}:{inbox.pk}", by=many)

    def close(self, delivery: Delivery, items: int) -> None:
        """The delivery is done."""
        if not self._done:
            self._done_since = time.monotonic()
        self._done.append(claims.Finished(delivery, Delivery.State.PROCESSED, items))

    def leave(self, delivery: Delivery, error: str) -> None:
        """The delivery is left for another try after a while."""
        claims.later(delivery, error)
        self._held.pop(delivery.pk, None)

    def cannot_read(self, delivery: Delivery, why: str) -> None:
        """Nobody can read the delivery."""
        claims.finish(delivery, Delivery.State.UNREADABLE, error=why)
        self._held.pop(delivery.pk, None)

    def bear(self, error: Exception, deliveries: Iterable[Delivery] = ()) -> None:
        """The database failed something of these deliveries; what stands beside it is tried all the same.

        Raises the error when it is none of the database's, or when that answers no more, or failed the workspace often.
        """
        if not connections.failed(error):
            raise error
        self._here.borne += 1
        self._erred.update(delivery.pk for delivery in deliveries)
        log.warning("The database failed an item (%s)", type(error).__name__)
        if self._here.borne >= MOST_BORNE or not connections.answered():
            raise error

    def give_back(self, deliveries: Iterable[Delivery]) -> None:
        """What is still in hand of these could not be finished because the database failed."""
        for slowly in (False, True):
            left = [one for one in deliveries if one.pk in self._held and (one.pk in self._erred) == slowly]
            if left:
                owed.give(partial(claims.hand_back, left, slowly=slowly))
        for one in deliveries:
            self._held.pop(one.pk, None)
        self._done = [one for one in self._done if one.delivery.pk in self._held]

    def set_aside(self, delivery: Delivery, place: int, why: Quarantined.Why, detail: str) -> None:
        """Nobody here can be given the item at this place; written before the delivery is closed."""
        self._aside[delivery.pk, place] = aside.kept(delivery, place, why, detail)

    def release(self, delivery: Delivery, place: int) -> None:
        """The item at this place could be used now. One that was never tried before was never kept."""
        if delivery.attempts > 1:
            self._released[delivery.pk, place] = None

    def write_if_due(self) -> None:
        """Writes when something is done for so long that others should know, and keeps what is still in hand."""
        now = time.monotonic()
        if self._done and now - self._done_since >= HELD_SECONDS:
            self.write()
        if now - self._renewed_at >= ages.seconds("delivery_lease") / BEATS:
            claims.renew_all(self._held.values())
            self._renewed_at = now

    def write(self) -> None:
        """Writes what was heard and kept aside, then what is done: who sees that nothing waits must see that too."""
        self._tell()
        aside.keep_all(list(self._aside.values()))
        aside.release_all(list(self._released))
        self._aside, self._released = {}, {}
        claims.finish_all(self._done)
        for one in self._done:
            self._held.pop(one.delivery.pk, None)
        self._done = []

    def _tell(self) -> None:
        for inbox, at in self._here.heard.items():
            conversations.heard_of(inbox, at)
        self._here.heard = {}
