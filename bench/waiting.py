"""Two hundred conversations that wait a minute for the model: what they cost in memory, and whether others notice."""

import time
from typing import Any

from psycopg import sql

from bench import load, turns
from bench.installation import REPLY, Installation, cores, installation, lifted
from bench.intake import percentile, say
from bench.memory import resident_mb

WAITING = 200
MODEL_SECONDS = 60.0
#: Each of these lets twenty of its conversations be under way at once; the last one's customers are the others.
BUSINESSES = 11
THREADS = {"CHAT_THREADS": "300"}
PACE = 5.0
OTHERS = 200
SLOW = "Please think about this one for a while."


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: nobody's answer was lost or doubled. Raises Failed.

    `others_p95_ratio` compares customers of another business before and while the two hundred wait.
    """
    with installation(BUSINESSES, extra=THREADS) as furnished:
        furnished.answer([{"when": SLOW, "reply": REPLY, "delay": MODEL_SECONDS}])
        other = {"first_number": BUSINESSES - 1, "numbers": 1}
        turns.play(furnished, furnished.series("warm-up", 60, first_customer=5000, **other))
        idle = resident_mb(furnished.running)
        before = turns.play(
            furnished, furnished.series("before", OTHERS, per_second=PACE, first_customer=1000, **other)
        )
        began = time.monotonic()
        after = furnished.last_order()
        slow = furnished.series("slow", WAITING, text=SLOW, numbers=BUSINESSES - 1)
        load.play(furnished.running.processes, slow)
        waiting = await_waiting(furnished)
        say(f"{waiting} wait for the model")
        during = turns.play(
            furnished, furnished.series("during", OTHERS, per_second=PACE, first_customer=2000, **other)
        )
        busy = resident_mb(furnished.running)
        in_time = time.monotonic() - began < MODEL_SECONDS
        furnished.wait_until_done(2 * MODEL_SECONDS)
        answered = len(furnished.answers(after=after)) - OTHERS
    p95 = {name: percentile(said["added_ms"], 95) for name, said in (("before", before), ("during", during))}
    wrong = WAITING - answered + sum(said["lost"] + said["duplicated"] for said in (before, during))
    figures = {
        "waiting": waiting,
        "memory_mb": round(busy - idle),
        "idle_mb": round(idle),
        "others_p95_ratio": round(p95["during"] / p95["before"], 3),
        "others_p95_ms": {name: round(value) for name, value in p95.items()},
        "lost_or_duplicated": wrong,
        "limits": lifted(THREADS),
        "cores": cores(),
    }
    return figures, wrong == 0 and in_time


def await_waiting(furnished: Installation) -> int:
    """How many turns are under way, once all are or ten seconds have passed."""
    query = sql.SQL("SELECT count(*) FROM work_workitem WHERE kind = 'dialogue.take_turns' AND lease_until > now()")
    until = time.monotonic() + 10
    while (waiting := furnished.count(query)) < WAITING and time.monotonic() < until:
        time.sleep(0.2)
    return waiting
