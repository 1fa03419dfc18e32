"""Reads deliveries and hands each item to the workspace whose it is; none blocks its neighbours."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone

from apps import tenants
from apps.conversations import services as conversations
from apps.inboxes.models import Inbox
from apps.ingest import claims
from apps.ingest.models import Delivery, Quarantined
from apps.providers import registry
from apps.providers.base import Echo, Inbound, Item, Notice, Status, Unreadable, UnreadableBody
from apps.tenants.models import Route, Workspace
from apps.tenants.services import note_activity

log = logging.getLogger(__name__)

Why = Quarantined.Why


class Aside(Exception):
    """An item that nobody here can be given."""

    def __init__(self, why: Quarantined.Why, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


def process(delivery: Delivery) -> None:
    """Reads one claimed delivery. Repeating it is harmless; what cannot be used is kept aside and counted."""
    provider = registry.get(delivery.hook.provider)
    try:
        items = provider.parse(delivery.headers, bytes(delivery.body))
    except UnreadableBody as error:
        claims.finish(delivery, Delivery.State.UNREADABLE, error=str(error))
        return
    failed = [place for place, item in enumerate(items) if not _process_item(delivery, place, item)]
    if failed:
        claims.later(delivery, f"{len(failed)} of {len(items)} items failed")
    else:
        claims.finish(delivery, Delivery.State.PROCESSED, items=len(items))


def _process_item(delivery: Delivery, place: int, item: Item) -> bool:
    """Hands over one item; False when it failed and the delivery is worth another try."""
    try:
        _hand_over(delivery, item)
    except Aside as aside:
        _quarantine(delivery, place, aside.why, aside.detail)
        return True
    except (OperationalError, InterfaceError):
        raise  # the database is away: nothing is wrong with the item
    except Exception as error:
        log.exception("Item %s of delivery %s failed, attempt %s", place, delivery.pk, delivery.attempts)
        if delivery.attempts < claims.MAX_ATTEMPTS:
            return False
        _quarantine(delivery, place, Why.FAILED, type(error).__name__)
        return True
    _release(delivery, place)
    return True


def _hand_over(delivery: Delivery, item: Item) -> None:
    if isinstance(item, Unreadable):
        raise Aside(Why.UNREADABLE, f"{item.where}: {item.why}")
    if isinstance(item, Notice):
        return  # no app here listens to notices yet; the delivery keeps it
    if isinstance(item, Inbound) and item.group_id:
        raise Aside(Why.UNUSED, "A group message: bots answer people, not groups.")
    workspace = _workspace(delivery, item.route_key)
    note_activity(workspace)
    with tenants.enter(workspace):
        inbox = Inbox.objects.select_related("bot").get(provider=delivery.hook.provider, external_key=item.route_key)
        HANDLERS[type(item)](inbox, item)


HANDLERS: dict[type, Callable[[Inbox, Any], object]] = {
    Inbound: conversations.receive,
    Status: conversations.mark,
    Echo: conversations.echo,
}


def _workspace(delivery: Delivery, key: str) -> Workspace:
    """Whose the key is. The hook that signed the delivery must be the one that may speak for it."""
    route = (
        Route.objects.select_related("workspace").filter(kind=delivery.hook.provider, key=key).first() if key else None
    )
    if route is None:
        raise Aside(Why.UNKNOWN_ROUTE, "No inbox is connected under this number.")
    if route.hook_id != delivery.hook_id:
        raise Aside(Why.FOREIGN_ROUTE, f"The number belongs to hook {route.hook_id}.")
    if route.workspace.state != Workspace.State.READY:
        raise Aside(Why.UNKNOWN_ROUTE, f"The workspace is {route.workspace.get_state_display().lower()}.")
    return route.workspace


def _quarantine(delivery: Delivery, place: int, why: Quarantined.Why, detail: str) -> None:
    Quarantined.objects.update_or_create(
        delivery=delivery, place=place, defaults={"why": why, "detail": detail[:300], "released_at": None}
    )


def _release(delivery: Delivery, place: int) -> None:
    if delivery.attempts > 1:
        Quarantined.objects.filter(delivery=delivery, place=place, released_at__isnull=True).update(
            released_at=timezone.now()
        )


def replay(deliveries: list[Delivery]) -> int:
    """Puts deliveries back to be processed again; returns how many. Effects that stand are not repeated."""
    return Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries]).update(
        state=Delivery.State.RECEIVED, lease_until=None, attempts=1, error=""
    )


def dismiss(item: Quarantined) -> bool:
    """Says that nothing is to be done about an item that was kept aside. False when that was said, or it was used."""
    open_ = Quarantined.objects.filter(pk=item.pk, released_at=None, dismissed_at=None)
    return bool(open_.update(dismissed_at=timezone.now()))
