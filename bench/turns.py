"""How many whole turns per second the path takes, and how much it adds to the model's own time.

A turn: a webhook in, retrieval over 10,000 pieces of knowledge, the scripted model, the outbox, the vendor's Graph
API, and its word that the answer was delivered.
"""

import time
from typing import Any

from bench import load
from bench.installation import Installation, cores, installation, lifted
from bench.intake import percentile, say
from bench.load import Round, Series

CHUNKS = 10_000
TURNS = 600
WARM_UP = 60
PACE = 10.0  # turns per second while latency is measured
PACED = 300
SECONDS = 120.0


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: every customer got exactly one answer. Raises Failed."""
    with installation(1) as furnished:
        (schema,) = furnished.schemas
        furnished.inside("knowledge", schema, CHUNKS)
        say(f"the bot knows {CHUNKS:,} pieces")
        play(furnished, furnished.series("warm-up", WARM_UP))
        # Each by customers of its own: nobody is answered twice within ten seconds.
        asked = "Is the blue bicycle still here?"
        fast = play(furnished, furnished.series("turns", TURNS, first_customer=1_000, text=asked))
        say(f"{TURNS} turns, {fast['per_s']:.1f}/s")
        paced = play(
            furnished,
            furnished.series("paced", PACED, first_customer=2_000, per_second=PACE, text="And the red one?"),
        )
    figures = {
        "per_s": round(fast["per_s"], 1),
        "turns": TURNS + PACED,
        "lost": fast["lost"] + paced["lost"],
        "duplicated": fast["duplicated"] + paced["duplicated"],
        "added_latency_ms": {f"p{percent}": round(percentile(paced["added_ms"], percent)) for percent in (50, 95, 99)},
        "paced_per_s": PACE,
        "chunks": CHUNKS,
        "limits": lifted(),
        "cores": cores(),
    }
    return figures, figures["lost"] == figures["duplicated"] == 0


def play(furnished: Installation, series: Series) -> dict[str, Any]:
    """Plays the series until every answer is delivered; what came of it. Raises Failed."""
    after, settled = furnished.last_order(), furnished.settled()
    done = load.play(furnished.running.processes, series)
    ended = _wait_for(furnished, settled + series.count)
    lines = furnished.running.world.ledger(after=after)
    answers = furnished.answers(after=after)
    return {
        "per_s": series.count / (ended - min(done.sent_at)),
        "lost": series.count - len(answers),
        "duplicated": len(lines) - len(answers),
        "added_ms": added(series, done, answers),
    }


def added(series: Series, done: Round, answers: dict[str, float]) -> list[float]:
    """Milliseconds from each customer's webhook to the vendor's acceptance of the answer; customers wrote once."""
    senders = map(series.sender, range(series.count))
    return [
        (answers[sender] - sent) * 1000 for sender, sent in zip(senders, done.sent_at, strict=True) if sender in answers
    ]


def _wait_for(furnished: Installation, settled: int) -> float:
    """Until so many answers are delivered, or SECONDS have passed without; the moment."""
    until = time.monotonic() + SECONDS
    # To count the messages of two hundred workspaces costs what ten turns do: asked when nothing is left to do.
    while (furnished.due() or furnished.settled() < settled) and time.monotonic() < until:
        furnished.running.processes.check()
        time.sleep(0.25)
    return time.time()
