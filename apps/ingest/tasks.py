"""Kinds of work: the deliveries that wait. Also tells those below how old the oldest of them is."""

import time
from datetime import UTC, datetime

from apps import tenants
from apps.core import connections
from apps.ingest import claims, partitions, services, waiting
from apps.work import hearing, kinds
from apps.work.chores import chore

BATCH = 100
BODIES_SECONDS = 60.0


def work(seconds: float) -> int:
    """Processes waiting deliveries, oldest first, until none is left or the time is over; returns how many.

    One that had hands before is worked alone, after the others: should it kill these too, it takes nobody with it.
    What comes meanwhile is left to the next ring, which calls for all of it at once.
    """
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with tenants.enter(None):
            seen = waiting.look()
            fresh = claims.take(seen.fresh, BATCH)
            services.process_all(fresh, behind=seen.lanes_beside({one.pk for one in fresh}))
            again = claims.take(seen.again, 1)
            for delivery in again:
                services.process_again(delivery)
        done += len(fresh) + len(again)
        if len(seen.fresh) <= BATCH and len(seen.again) <= 1:
            break
        if not fresh and not again:
            break  # others are taking what was seen
    connections.renew()
    return done


kinds.register(
    kinds.Kind(
        name="ingest.process",
        queue="default",
        work=work,
        waiting=lambda _young: -(-waiting.count() // BATCH),
    )
)

hearing.understood_with(waiting.oldest)


@chore("ingest.keep_days", every=3600)
def keep_days() -> None:
    """The ledger has room for the next days, and forgets those before the last thirty."""
    today = datetime.now(UTC).date()
    partitions.make_ahead(today)
    partitions.drop_old(today)


@chore("ingest.remove_bodies", every=3600)
def remove_bodies() -> None:
    """What customers wrote is gone from the ledger three days after it was processed; a minute's worth at a time."""
    until = time.monotonic() + BODIES_SECONDS
    for _ in partitions.remove_bodies(datetime.now(UTC)):
        if time.monotonic() > until:
            break
