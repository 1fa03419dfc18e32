"""Kinds of work: the deliveries that wait."""

import time

from apps import tenants
from apps.core import connections
from apps.ingest import claims, services
from apps.work import kinds

BATCH = 50


def work(seconds: float) -> int:
    """Processes waiting deliveries, oldest first, until none is left or the time is over; returns how many."""
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with tenants.enter(None):
            deliveries = claims.claim(BATCH)
            for delivery in deliveries:
                services.process(delivery)
        if not deliveries:
            break
        done += len(deliveries)
    connections.renew()
    return done


kinds.register(
    kinds.Kind(
        name="ingest.process",
        queue="default",
        work=work,
        waiting=lambda: -(-claims.count_waiting() // BATCH),
    )
)
