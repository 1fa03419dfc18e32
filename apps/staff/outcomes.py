"""What became of each item of a delivery: which message it is now, why it was kept aside, or that it waits."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps import tenants
from apps.conversations.models import Message
from apps.ingest.models import Delivery, Quarantined
from apps.providers import registry
from apps.providers.base import Echo, Inbound, Item, Notice, Status, Unreadable, UnreadableBody
from apps.tenants.models import Route, Workspace

#: Items of one delivery that a page shows.
MOST_ITEMS = 100
KINDS: dict[type, str | Promise] = {
    Inbound: gettext_lazy("Message"),
    Status: gettext_lazy("Status"),
    Echo: gettext_lazy("Echo"),
    Notice: gettext_lazy("Notice"),
    Unreadable: gettext_lazy("Unreadable"),
}


@dataclass(frozen=True)
class Outcome:
    """An item of a delivery. `workspace` is None when the key leads nowhere."""

    place: int
    kind: str | Promise
    key: str
    external_id: str
    workspace: Workspace | None
    became: str


def outcomes(delivery: Delivery) -> list[Outcome]:
    """The items in their order, at most MOST_ITEMS; none when the body cannot be read or its provider is gone."""
    items = _items(delivery)
    routes = _routes(delivery, items)
    messages = _messages(delivery, items, routes)
    aside = {item.place: item for item in delivery.quarantined.all()}
    return [
        Outcome(
            place,
            KINDS[type(item)],
            _key(item),
            getattr(item, "external_id", ""),
            routes.get(_key(item)),
            _became(delivery, item, aside.get(place), messages.get((_key(item), getattr(item, "external_id", "")))),
        )
        for place, item in enumerate(items)
    ]


def _items(delivery: Delivery) -> list[Item]:
    if delivery.hook.provider not in registry.kinds():
        return []
    try:
        return registry.get(delivery.hook.provider).parse(delivery.headers, bytes(delivery.body or b""))[:MOST_ITEMS]
    except UnreadableBody:
        return []


def _key(item: Item) -> str:
    return "" if isinstance(item, Unreadable) else item.route_key


def _routes(delivery: Delivery, items: Iterable[Item]) -> dict[str, Workspace]:
    keys = {_key(item) for item in items} - {""}
    found = Route.objects.filter(kind=delivery.hook.provider, key__in=keys).select_related("workspace")
    return {route.key: route.workspace for route in found}


def _messages(
    delivery: Delivery, items: Iterable[Item], routes: Mapping[str, Workspace]
) -> dict[tuple[str, str], tuple[int, int, str]]:
    """By key and external id: the ids of message and conversation, and the message's state."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for item in items:
        if isinstance(item, Inbound | Status | Echo):
            wanted[item.route_key].add(item.external_id)
    found: dict[tuple[str, str], tuple[int, int, str]] = {}
    for key, ids in wanted.items():
        workspace = routes.get(key)
        if workspace is None or workspace.state == Workspace.State.SETTING_UP:
            continue
        with tenants.enter(workspace):
            rows = Message.objects.filter(
                inbox__provider=delivery.hook.provider, inbox__external_key=key, external_id__in=ids
            ).values_list("external_id", "pk", "conversation_id", "state")
            found.update({(key, str(row[0])): row[1:] for row in rows})
    return found


def _became(delivery: Delivery, item: Item, aside: Quarantined | None, message: tuple[int, int, str] | None) -> str:
    if aside is not None and aside.released_at is None:
        said = f"{aside.get_why_display()}. {aside.detail}".strip()
        return _("Dismissed: %(why)s") % {"why": said} if aside.dismissed_at else said
    if message is not None:
        return _("Message %(message)s of conversation %(conversation)s: %(state)s") % {
            "message": message[0],
            "conversation": message[1],
            "state": Message.State(message[2]).label.lower(),
        }
    if delivery.state == Delivery.State.RECEIVED:
        return _("Waits to be processed.")
    if isinstance(item, Notice):
        return _("Kept here; nothing uses it yet.")
    return _("About no message that is here.") if isinstance(item, Status) else _("No message here has this id.")
