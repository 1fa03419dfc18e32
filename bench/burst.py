"""Ten thousand webhooks in ten seconds: whether all are accepted in time, and how soon they are worked off.

Three hundred customers of ten businesses write in turn, so that bursts of one customer are answered together as they
are in life: the quiet time is as shipped.
"""

from typing import Any

from psycopg import sql

from bench import load
from bench.installation import cores, installation, lifted
from bench.intake import percentile, say

WEBHOOKS = 10_000
PER_SECOND = 1_000.0
CUSTOMERS = 300
BUSINESSES = 10
DRAIN_SECONDS = 300.0


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: all accepted, all stored as messages, every customer answered.

    `drained_s` counts from the end of the ten seconds to the moment at which nothing is due or under way.
    Raises Failed.
    """
    with installation(BUSINESSES, quiet_seconds=3) as furnished:
        series = furnished.series("burst", WEBHOOKS, customers=CUSTOMERS, per_second=PER_SECOND, connections=64)
        done = load.play(furnished.running.processes, series)
        say(f"{WEBHOOKS:,} sent in {done.seconds:.1f} s")
        sent_by = max(done.sent_at)
        drained = furnished.wait_until_done(DRAIN_SECONDS) - sent_by
        messages = furnished.messages(sql.SQL("author = 'contact'"))
        answered = len(furnished.answers())
    figures = {
        "sent": WEBHOOKS,
        "non_2xx": done.non_2xx,
        "p50_ms": round(percentile(done.latencies_ms, 50), 1),
        "p99_ms": round(percentile(done.latencies_ms, 99), 1),
        "seconds": round(done.seconds, 1),
        "drained_s": round(drained, 1),
        "messages": messages,
        "customers": CUSTOMERS,
        "answered": answered,
        "limits": lifted({"quiet_seconds": 3}),
        "cores": cores(),
    }
    return figures, done.non_2xx == 0 and messages == WEBHOOKS and answered == CUSTOMERS
