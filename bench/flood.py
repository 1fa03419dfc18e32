"""One business is flooded with ten thousand messages: whether the customers of the others notice.

The quiet time and the model calls of each business are as shipped. What is compared is what a customer waits for, the
quiet time included.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import load
from bench.installation import Installation, cores, installation
from bench.intake import percentile, say
from bench.load import Round, Series
from bench.turns import added

FLOOD = 10_000
PER_SECOND = 1_000.0
FLOODERS = 300
#: The others: so many businesses, and so many customers of theirs at this pace, before the flood and during it. None of
#: them needs more than its answers of a minute.
BUSINESSES = 10
OTHERS = 80
PACE = 2.0
QUIET_SECONDS = 3
MODEL_CALLS = {"MODEL_CALLS_PER_MINUTE": "20"}
SECONDS = 120.0


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: every webhook taken, every customer of the others answered once.

    Raises Failed.
    """
    with installation(1 + BUSINESSES, extra=MODEL_CALLS, quiet_seconds=QUIET_SECONDS) as furnished:
        play(furnished, others(furnished, "warm-up", 20, 5000))
        before, _ = play(furnished, others(furnished, "before", OTHERS, 1000))
        flood = furnished.series(
            "flood", FLOOD, numbers=1, customers=FLOODERS, per_second=PER_SECOND, connections=64, first_customer=20_000
        )
        with ThreadPoolExecutor(1) as beside:
            flooding = beside.submit(load.play, furnished.running.processes, flood)
            during, lost = play(furnished, others(furnished, "during", OTHERS, 2000))
            flooded = flooding.result()
        say(f"{FLOOD:,} sent in {flooded.seconds:.1f} s")
    p95 = {name: percentile(waited, 95) for name, waited in (("before", before), ("during", during))}
    figures = {
        "flood": FLOOD,
        "non_2xx": flooded.non_2xx,
        "others": OTHERS,
        "others_p95_ratio": round(p95["during"] / p95["before"], 3),
        "others_p95_ms": {name: round(value) for name, value in p95.items()},
        "others_p50_ms": {"before": round(percentile(before, 50)), "during": round(percentile(during, 50))},
        "lost": lost,
        "businesses": BUSINESSES,
        "limits": {"model_calls_per_minute": 20, "quiet_seconds": QUIET_SECONDS},
        "cores": cores(),
    }
    return figures, flooded.non_2xx == 0 and lost == 0


def others(furnished: Installation, name: str, count: int, first: int) -> Series:
    """Customers of the other businesses, each of whom writes once."""
    return furnished.series(name, count, first_number=1, numbers=BUSINESSES, per_second=PACE, first_customer=first)


def play(furnished: Installation, series: Series) -> tuple[list[float], int]:
    """How long each waited for the answer, in milliseconds, and how many got none."""
    after = furnished.last_order()
    done: Round = load.play(furnished.running.processes, series)
    until = time.monotonic() + SECONDS
    wanted = {series.sender(place) for place in range(series.count)}
    while not wanted <= set(answers := furnished.answers(after=after)) and time.monotonic() < until:
        time.sleep(0.5)
    return added(series, done, answers), len(wanted - set(answers))
