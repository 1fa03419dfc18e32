"""Reads deliveries and hands each item to the workspace whose it is; none blocks its neighbours."""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import nullcontext
from functools import partial

from django.utils import timezone

from apps.core import connections
from apps.core.bound import bound
from apps.ingest import aside, claims
from apps.ingest.aside import Aside
from apps.ingest.handing import process_item, take_steps
from apps.ingest.models import Delivery, Quarantined
from apps.ingest.rounds import Open, Round, Step
from apps.ingest.waiting import Lane
from apps.providers import registry
from apps.providers.base import Item, Notice, Unreadable, UnreadableBody
from apps.tenants.models import Route, Workspace
from apps.tenants.services import note_activity
from apps.work import owed

log = logging.getLogger(__name__)

Why = Quarantined.Why
#: Why a delivery or an item is set aside that nobody survived.
HANDS_DIED = "its hands died"
#: Bytes; what is larger is read after the others. A vendor's usual webhook has one to ten thousand.
LARGE = 64 * 1024
#: The messages that so many items name are looked up together.
TOGETHER = 100


def process(delivery: Delivery) -> None:
    """Reads one claimed delivery. Repeating it is harmless; what cannot be used is kept aside and counted."""
    process_all([delivery])


def process_all(deliveries: Sequence[Delivery], *, behind: Collection[Lane] = ()) -> None:
    """Reads claimed deliveries, workspace by workspace; what comes by one number keeps its order.

    More waits in the lanes that are `behind`: there nobody is answered before it is read.

    They are closed together at the end, or after half a second. Hands that die before leave them to be read again.
    """
    this = Round(_workspace, behind)
    this.hold(deliveries)
    for part in _parts(deliveries):
        _process_together(this, part)


def _parts(deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    """What is read together: all lanes that hold nothing large, then each of the others alone. So the seconds that a
    large one may take keep nobody waiting but its own lane, which keeps its order.
    """
    large: dict[Lane, list[Delivery]] = {(d.hook_id, d.lane): [] for d in deliveries if len(d.body or b"") > LARGE}
    yield [d for d in deliveries if (d.hook_id, d.lane) not in large]
    for one in deliveries:
        if (one.hook_id, one.lane) in large:
            large[one.hook_id, one.lane].append(one)
    yield from large.values()


def _process_together(this: Round, deliveries: Sequence[Delivery]) -> None:
    """Reads these; those that the database failed are given back, for nothing is wrong with them."""
    try:
        for workspace, own in _steps(this, deliveries).items():
            _take(this, workspace, own)
        this.write()
    except Exception as error:
        if not connections.failed(error):
            raise
        log.warning("A round ends early: the database failed (%s)", type(error).__name__)
        connections.renew()
    this.give_back(deliveries)


def _take(this: Round, workspace: Workspace | None, own: Sequence[Step]) -> None:
    """Hands a workspace over what is its own. When the database fails it again and again, the next one's turn comes."""
    try:
        with this.visit(workspace) if workspace else nullcontext():
            for first in range(0, len(own), TOGETHER):
                take_steps(this, own[first : first + TOGETHER])
    except Exception as error:
        if not connections.failed(error) or not connections.answered():
            raise


def _steps(this: Round, deliveries: Sequence[Delivery]) -> dict[Workspace | None, list[Step]]:
    """What is to be done with the items of the deliveries, by the workspace whose they seem to be."""
    steps: dict[Workspace | None, list[Step]] = {}
    for delivery in deliveries:
        this.write_if_due()
        items = _read(this, delivery)
        if items is None:
            continue
        open_ = Open(delivery, len(items), len(items))
        for place, item in enumerate(items):
            steps.setdefault(_seems(this, delivery, item), []).append(Step(open_, place, item))
        if not items:
            this.close(delivery, 0)
    return steps


def _read(this: Round, delivery: Delivery) -> Sequence[Item] | None:
    """The delivery's items; None when it cannot be read, which is noted."""
    with bound(delivery=delivery.pk):
        try:
            return registry.get(delivery.hook.provider).parse(delivery.headers, bytes(delivery.body or b""))
        except UnreadableBody as error:
            this.cannot_read(delivery, str(error))
        except Exception as error:
            log.exception("Delivery %s could not be read, attempt %s", delivery.pk, delivery.attempts)
            this.leave(delivery, type(error).__name__)
    return None


def _seems(this: Round, delivery: Delivery, item: Item) -> Workspace | None:
    """Whose the item seems to be, to have it read beside its like; when its turn comes, that is looked at again."""
    if isinstance(item, Unreadable | Notice):
        return None
    try:
        return this.workspace(delivery, item.route_key)
    except Aside:
        return None


def process_again(delivery: Delivery) -> None:
    """Reads a delivery that was claimed before; of one whose hands died each time only what kills nobody."""
    if delivery.attempts <= claims.MAX_ATTEMPTS:
        process(delivery)
        return
    log.error("Delivery %s is set aside: its hands died %s times", delivery.pk, delivery.attempts - 1)
    if delivery.attempts <= 2 * claims.MAX_ATTEMPTS:
        try:
            _rescue(delivery)
        except Exception as error:
            if not connections.failed(error):
                raise
            log.warning("Delivery %s is given back: the database failed (%s)", delivery.pk, type(error).__name__)
            connections.renew()
            owed.give(partial(claims.hand_back, [delivery], slowly=True))
            return
    claims.finish(delivery, Delivery.State.FAILED, error=HANDS_DIED)


def _rescue(delivery: Delivery) -> None:
    """Hands over the neighbours of what kills: each item is set aside before it is touched, and taken back after.

    So whoever dies of an item leaves it set aside, and the next hands go on behind it.
    """
    try:
        items = registry.get(delivery.hook.provider).parse(delivery.headers, bytes(delivery.body or b""))
    except Exception:
        log.exception("Nothing of delivery %s can be read", delivery.pk)
        return
    this = Round(_workspace)
    this.hold([delivery])
    kept = Quarantined.objects.filter(delivery=delivery, detail=HANDS_DIED)
    deadly = set(kept.values_list("place", flat=True))
    for place, item in enumerate(items):
        if place not in deadly:
            aside.keep(delivery, place, Why.FAILED, HANDS_DIED)
            try:
                process_item(this, delivery, place, item)
            except Exception:
                connections.renew()
                owed.give(kept.filter(place=place).delete)  # whoever lives to see an error did not die of the item
                raise
            kept.filter(place=place).delete()
            this.write()
            this.write_if_due()


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
    note_activity(route.workspace)
    return route.workspace


def replay(deliveries: list[Delivery]) -> int:
    """Puts deliveries back to be processed again, unless their body is gone; returns how many.

    Effects that stand are not repeated.
    """
    chosen = Delivery.objects.filter(pk__in=[delivery.pk for delivery in deliveries], body__isnull=False)
    return chosen.update(state=Delivery.State.RECEIVED, lease_until=None, attempts=1, error="", processed_at=None)


def dismiss(item: Quarantined) -> bool:
    """Says that nothing is to be done about an item that was kept aside. False when that was said, or it was used."""
    open_ = Quarantined.objects.filter(pk=item.pk, released_at=None, dismissed_at=None)
    return bool(open_.update(dismissed_at=timezone.now()))
