"""Hands the items of deliveries over: together where they allow it, else one by one; none blocks its neighbours."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from apps.conversations import services as conversations
from apps.core import connections, crashes
from apps.core.bound import bound
from apps.inboxes.models import Inbox
from apps.ingest import claims
from apps.ingest.aside import Aside
from apps.ingest.models import Delivery, Quarantined
from apps.ingest.rounds import Round, Step
from apps.providers.base import Echo, Inbound, Item, Notice, Status, Unreadable

log = logging.getLogger(__name__)

#: Does something with items that came by one inbox, perhaps late, or nothing when it raises; the items that it leaves.
Together = Callable[[Round, Inbox, list[Any], bool], Sequence[Item]]

Why = Quarantined.Why


def take_steps(this: Round, steps: Sequence[Step]) -> None:
    """What contacts wrote is stored together, before the next that could change who answers them. News of messages of
    ours are marked together at the end: they may overtake, for they are about others. The rest is taken one by one.
    """
    this.expect(steps)
    written: list[Step] = []
    news: list[Step] = []
    for step in steps:
        if isinstance(step.item, Status):
            news.append(step)
        elif isinstance(step.item, Inbound) and conversations.goes_together(step.item) and not step.item.group_id:
            written.append(step)
        else:
            _take_together(this, written, _receive_all)
            written = []
            _take_step(this, step)
    _take_together(this, written, _receive_all)
    _take_together(this, news, _mark_all)


def _receive_all(this: Round, inbox: Inbox, inbounds: list[Any], late: bool) -> Sequence[Item]:
    conversations.receive_all(inbox, inbounds, known=this.stored, late=late)
    this.count(inbox, len(inbounds))
    return []


def _mark_all(this: Round, inbox: Inbox, statuses: list[Any], _late: bool) -> Sequence[Item]:
    return conversations.mark_all(inbox, statuses, known=this.stored, heard_of=this.hear)


def _take_together(this: Round, steps: Sequence[Step], work: Together) -> None:
    for inbox, own in this.by_inbox(steps).items():
        left = _left(this, inbox, own, work) if inbox is not None and len(own) > 1 else [step.item for step in own]
        alone = set(map(id, left))
        for step in own:
            if id(step.item) in alone:
                _take_step(this, step)
            else:
                this.release(step.open.delivery, step.place)
                _finish_step(this, step, done=True)


def _left(this: Round, inbox: Inbox, steps: Sequence[Step], work: Together) -> Sequence[Item]:
    """The items that are left to be taken one by one: all of them when anything is wrong with any, and none is done."""
    items = [step.item for step in steps]
    for item in items:
        _begin(item)
    late = any(this.late(step.open.delivery) for step in steps)
    try:
        return work(this, inbox, items, late)
    except Exception as error:
        if connections.failed(error):
            this.bear(error)
        log.info("%s items are taken one by one: together %s", len(items), type(error).__name__)
        return items


def _take_step(this: Round, step: Step) -> None:
    with bound(delivery=step.open.delivery.pk):
        try:
            done = process_item(this, step.open.delivery, step.place, step.item)
        except Exception as error:
            this.bear(error, [step.open.delivery])
            return  # never finished, so that its delivery is given back when the round ends
    _finish_step(this, step, done=done)


def _finish_step(this: Round, step: Step, *, done: bool) -> None:
    open_ = step.open
    open_.failed += not done
    open_.left -= 1
    if open_.left == 0 and open_.failed:
        this.leave(open_.delivery, f"{open_.failed} of {open_.items} items failed")
    elif open_.left == 0:
        this.close(open_.delivery, open_.items)
    this.write_if_due()


def process_item(this: Round, delivery: Delivery, place: int, item: Item) -> bool:
    """Hands over one item; False when it failed and the delivery is worth another try. Raises the database's errors."""
    _begin(item)
    try:
        _hand_over(this, delivery, item)
    except Aside as reason:
        this.set_aside(delivery, place, reason.why, reason.detail)
        return True
    except Exception as error:
        if connections.failed(error):
            raise  # nothing is wrong with the item
        log.exception("Item %s of delivery %s failed, attempt %s", place, delivery.pk, delivery.attempts)
        if delivery.attempts < claims.MAX_ATTEMPTS:
            return False
        this.set_aside(delivery, place, Why.FAILED, type(error).__name__)
        return True
    this.release(delivery, place)
    return True


def _begin(item: Item) -> None:
    crashes.point("item.before", item)


def _hand_over(this: Round, delivery: Delivery, item: Item) -> None:
    if isinstance(item, Unreadable):
        raise Aside(Why.UNREADABLE, f"{item.where}: {item.why}")
    if isinstance(item, Notice):
        return  # no app here listens to notices yet; the delivery keeps it
    if isinstance(item, Inbound) and item.group_id:
        raise Aside(Why.UNUSED, "A group message: bots answer people, not groups.")
    workspace = this.workspace(delivery, item.route_key)
    with this.visit(workspace):
        inbox = this.inbox(delivery, item.route_key)
        HANDLERS[type(item)](this, inbox, item, this.late(delivery))
        if isinstance(item, Inbound):
            this.count(inbox)


HANDLERS: dict[type, Callable[[Round, Inbox, Any, bool], object]] = {
    Inbound: lambda this, inbox, item, late: conversations.receive(inbox, item, known=this.stored, late=late),
    Status: lambda this, inbox, item, _: conversations.mark(inbox, item, known=this.known, heard_of=this.hear),
    Echo: lambda _this, inbox, item, _late: conversations.echo(inbox, item),
}
