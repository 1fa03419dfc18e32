"""A thousand vendors with the panel open and fifty events per second: how soon each sees what concerns them.

An event is a customer's message: a signed webhook in, stored, read, and pushed to the page of the vendor who has the
conversation. Then every socket is dropped at once and opened again, and the events go on.
"""

import json
import signal
import sys
import time
from typing import Any

from psycopg import sql

from bench import load
from bench.installation import Installation, cores, installation, lifted
from bench.intake import percentile, say
from bench.load import Round, Series
from sandbox.children import Failed

SOCKETS = 1_000
EVENTS = 1_000
PER_SECOND = 50.0
LISTENERS = "listeners"
#: A push that has not come after this long is missed; the page would ask by itself after 20 s.
SECONDS = 5.0


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: every socket opened and no push was missed. Raises Failed."""
    with installation(1, bots_on=False) as furnished:
        load.play(furnished.running.processes, furnished.series("first", SOCKETS))
        furnished.wait_until_done(120)
        vendors = furnished.inside("vendors", furnished.schemas[0], SOCKETS)
        opened = open_sockets(furnished, vendors)
        say(f"{SOCKETS} sockets are open after {opened['seconds']} s")
        calm = play(furnished, "calm")
        storm = tell(furnished, signal.SIGUSR1)
        say(f"all dropped and open again after {storm['seconds']} s")
        after = play(furnished, "after")
        heard = tell(furnished, signal.SIGUSR2)["heard"]
        furnished.running.processes.forget(LISTENERS)
    delays = [delays_ms(series, done, vendors["phones"], heard) for series, done in (calm, after)]
    missed = 2 * EVENTS - sum(map(len, delays))
    failed = opened["failed"] + storm["failed"]
    figures = {
        "sockets": SOCKETS,
        "events": 2 * EVENTS,
        "per_s": PER_SECOND,
        "missed": missed,
        "p50_ms": round(max(percentile(some, 50) for some in delays)),
        "p95_ms": round(max(percentile(some, 95) for some in delays)),
        "opened_s": opened["seconds"],
        "storm_s": storm["seconds"],
        "not_opened": failed,
        "limits": lifted(),
        "cores": cores(),
    }
    return figures, missed == failed == 0


def open_sockets(furnished: Installation, vendors: dict[str, Any]) -> dict[str, Any]:
    """Opens a socket for each vendor; how long it took, and how many could not be opened."""
    base = furnished.running.base_url
    where = {"url": f"{base.replace('http', 'ws', 1)}/w/{vendors['slug']}/live/", "origin": vendors["origin"]}
    words = json.dumps({**where, "cookies": vendors["cookies"]})
    furnished.running.processes.start(LISTENERS, [sys.executable, "-m", "bench.listeners", words])
    return next_answer(furnished, 0)


def tell(furnished: Installation, what: signal.Signals) -> dict[str, Any]:
    """Sends the listeners a signal; their answer."""
    already = len(answers(furnished))
    furnished.running.processes.children[LISTENERS].send_signal(what)
    return next_answer(furnished, already)


def next_answer(furnished: Installation, already: int, seconds: float = 120.0) -> dict[str, Any]:
    """The listeners' first line after so many. Raises Failed when none comes."""
    until = time.monotonic() + seconds
    while len(said := answers(furnished)) <= already:
        if time.monotonic() > until:
            raise Failed(f"The listeners did not answer: {furnished.running.processes.log(LISTENERS)}")
        time.sleep(0.1)
    return dict(json.loads(said[already]))


def answers(furnished: Installation) -> list[str]:
    """The listeners' whole lines so far."""
    text = furnished.running.processes.log(LISTENERS).read_text()
    return [line for line in text.split("\n")[:-1] if line.startswith("{")]


def play(furnished: Installation, name: str) -> tuple[Series, Round]:
    """Every vendor's customer writes once."""
    series = furnished.series(name, EVENTS, customers=SOCKETS, per_second=PER_SECOND, text="Hello again!")
    before = furnished.messages(sql.SQL("author = 'contact'"))
    done = load.play(furnished.running.processes, series)
    until = time.monotonic() + SECONDS
    while furnished.messages(sql.SQL("author = 'contact'")) < before + EVENTS and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1.0)
    return series, done


def delays_ms(series: Series, done: Round, phones: dict[str, int], heard: list[tuple[int, float]]) -> list[float]:
    """Milliseconds from each webhook to the first push of its conversation within SECONDS."""
    by_conversation: dict[int, list[float]] = {}
    for conversation, at in heard:
        by_conversation.setdefault(conversation, []).append(at)
    found = []
    for place, sent in enumerate(done.sent_at):
        pushes = by_conversation.get(phones[series.sender(place)], [])
        first = next((at for at in sorted(pushes) if sent <= at <= sent + SECONDS), None)
        if first is not None:
            found.append((first - sent) * 1000)
    return found
