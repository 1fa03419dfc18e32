"""How many webhooks per second the running app accepts, beside the bare app in `bench.bare`.

Both are served by the Procfile's web command on the same machine and store into the same database, in tables of
the same shape. They take turns, a short round each, so that whatever else the machine does meets both.
"""

import hashlib
import os
import secrets
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from math import ceil
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import psycopg

from bench import deliveries, load
from bench.load import Round, Series
from sandbox import memory
from sandbox.children import Failed
from sandbox.memory import CHECKOUT, HOST
from sandbox.processes import Processes, read_procfile, shell
from sandbox.stack import Stack, stack

ROUNDS = 9  # of each; an odd number has a middle one
REQUESTS = 2_500  # in a round
WARM_UP = 1_000
BACKLOG = 4  # rounds that wait when the workers begin, so that they have work beside every round
CONNECTIONS = 32
NUMBER = "106540352242922"
SERVED = "config.asgi:application"
#: Columns, defaults, indexes and the reference to the hook are the same; rows and numbering are its own.
BARE_TABLE = """
    CREATE TABLE public.bench_delivery (LIKE public.ingest_delivery INCLUDING ALL);
    ALTER TABLE public.bench_delivery
        ADD FOREIGN KEY (hook_id) REFERENCES public.tenants_hook (id) DEFERRABLE INITIALLY DEFERRED;
"""


@dataclass(frozen=True)
class Side:
    """One of the two that are compared, and what came of what it was sent."""

    name: str
    url: str
    bodies: str  # the query for the SHA-256 of every body it stored
    warm_up: list[Round] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)
    sent: Counter[bytes] = field(default_factory=Counter)  # SHA-256 of every body it was sent

    def rates(self) -> list[float]:
        """Requests per second, by round."""
        return [len(one.latencies_ms) / one.seconds for one in self.rounds]

    def latencies(self) -> list[float]:
        """Milliseconds of every request of every round."""
        return [latency for one in self.rounds for latency in one.latencies_ms]

    def non_2xx(self) -> int:
        """How many were not accepted, unanswered ones too."""
        return sum(one.non_2xx for one in (*self.warm_up, *self.rounds))


def measure(*, busy: bool = False) -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: all were accepted, and exactly what was sent is stored.

    With `busy` the workers draw off a backlog meanwhile, beside the app and beside the bare one; without, they
    stand idle. Raises Failed when something cannot start or stops by itself.
    """
    began = time.monotonic()
    with stack(production=True) as running:
        secret = secrets.token_hex(16)
        # Without a relay nobody rings: the workers are up and stand idle.
        running.processes.end("relay")
        app, bare = start_both(running, secret)
        say(f"both are up after {time.monotonic() - began:.0f} s")
        for side in (app, bare):
            side.warm_up.append(play(running.processes, side, secret, "warm-up", WARM_UP))
        if busy:
            app.warm_up.extend(play(running.processes, app, secret, f"backlog-{n}", REQUESTS) for n in range(BACKLOG))
            running.processes.start("relay", shell(read_procfile(CHECKOUT / "Procfile")["relay"]))
        for number in range(1, ROUNDS + 1):
            for side in (app, bare):
                side.rounds.append(play(running.processes, side, secret, f"round-{number}", REQUESTS))
            say(f"round {number} of {ROUNDS}: app {app.rates()[-1]:,.0f}/s, bare {bare.rates()[-1]:,.0f}/s")
        waiting = backlog(running)
        stored = {side.name: stored_by(running, side) for side in (app, bare)}
    sound = all(stored[side.name] == side.sent and not side.non_2xx() for side in (app, bare))
    if not sound:
        say("what was stored is not what was sent, or not all was accepted: these figures mean nothing.")
    if busy and not waiting:
        say("the workers had nothing left to do before the end: these figures are not those of a busy installation.")
        sound = False
    return {**figures(app, bare, stored["app"].total(), time.monotonic() - began), "waiting_at_end": waiting}, sound


def start_both(running: Stack, secret: str) -> tuple[Side, Side]:
    """A connected number at the app, and the bare app beside it with a table of its own."""
    slug = str(running.manage("create_workspace", "Mill Lane Cycles", "--owner", "owner@example.org")["slug"])
    bot = running.manage("create_bot", slug, "--name", "Robin", "--business", "Mill Lane Cycles")
    inbox = running.manage(
        *("connect_inbox", slug, "--bot", str(bot["id"]), "--key", NUMBER, "--address", f"+{deliveries.BUSINESS}"),
        *("--token", "bench-token", "--app-secret", secret, "--verify-token", "bench-verify"),
    )
    with psycopg.connect(running.environment["DATABASE_URL"]) as database:
        database.execute(BARE_TABLE)
    web = read_procfile(CHECKOUT / "Procfile")["web"]
    if SERVED not in web:
        raise Failed(f"the Procfile's web command does not serve {SERVED}: teach bench/intake.py what it serves.")
    port = str(memory.free_port())
    running.processes.start(
        "bare",
        shell(web.replace(SERVED, "bench.bare:application")),
        {"PORT": port, "BENCH_SECRET": secret, "BENCH_HOOK": str(inbox["hook"])},
    )
    address = f"http://{HOST}:{port}/"
    running.processes.wait_ready("bare", address)
    return (
        Side(
            "app",
            running.base_url + urlsplit(str(inbox["webhook_url"])).path,
            "SELECT sha256(body) FROM public.ingest_delivery",
        ),
        Side("bare", address, "SELECT sha256(body) FROM public.bench_delivery"),
    )


def play(processes: Processes, side: Side, secret: str, title: str, count: int) -> Round:
    """One round against one side. Raises Failed."""
    series = Series(side.url, secret, f"{side.name}-{title}", NUMBER, count, CONNECTIONS)
    done = load.play(processes, series)
    side.sent.update(hashlib.sha256(series.body(place)).digest() for place in range(count))
    return done


def backlog(running: Stack) -> int:
    """How many deliveries wait to be read."""
    with psycopg.connect(running.environment["DATABASE_URL"]) as database:
        found = database.execute("SELECT count(*) FROM public.ingest_delivery WHERE state = 'received'").fetchone()
    return int(found[0]) if found else 0


def stored_by(running: Stack, side: Side) -> Counter[bytes]:
    """The SHA-256 of every body that is a row."""
    with psycopg.connect(running.environment["DATABASE_URL"]) as database:
        return Counter(bytes(digest) for (digest,) in database.execute(side.bodies))


def figures(app: Side, bare: Side, stored: int, seconds: float) -> dict[str, Any]:
    """What is printed; see docs/performance.md for what each figure means."""
    return {
        "ratio": round(ratio(app.rates(), bare.rates()), 3),
        "per_s": round(median(app.rates())),
        "bare_per_s": round(median(bare.rates())),
        "p50_ms": round(percentile(app.latencies(), 50), 2),
        "p99_ms": round(percentile(app.latencies(), 99), 2),
        "bare_p50_ms": round(percentile(bare.latencies(), 50), 2),
        "bare_p99_ms": round(percentile(bare.latencies(), 99), 2),
        "non_2xx": app.non_2xx(),
        "sent": app.sent.total(),
        "stored": stored,
        "app_rounds_per_s": [round(rate) for rate in app.rates()],
        "bare_rounds_per_s": [round(rate) for rate in bare.rates()],
        "connections": CONNECTIONS,
        "cores": os.cpu_count(),
        "seconds": round(seconds, 1),
    }


def ratio(app: list[float], bare: list[float]) -> float:
    """How the app's rate compares with the bare one's: the lower of two readings of the same rounds.

    The ratio of the medians, and the median of the ratios of neighbouring rounds. Neither lets one noisy round
    decide; a machine that grows faster or slower during the run moves the first but not the second.
    """
    neighbours = [one / other for one, other in zip(app, bare, strict=True)]
    return min(median(app) / median(bare), median(neighbours))


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that at least so many percent of the values do not exceed. Raises ValueError for none."""
    if not values:
        raise ValueError("There is no percentile of no values.")
    return sorted(values)[max(1, ceil(percent / 100 * len(values))) - 1]


def say(text: str) -> None:
    """A line of progress for the person who waits."""
    print(f"bin/bench: {text}", file=sys.stderr, flush=True)
