"""Postgres away, hung or locked: nothing is acknowledged that is not stored, and all come back by themselves."""

import threading
import time

from sandbox.chaos.faults.redis import look_at_web
from sandbox.chaos.scene import Scene

#: Longer than anybody waits for a connection once the pool has begun to ask for one ever more seldom.
AWAY_S = 9.0
#: So late some sends are answered, and so soon one more is made.
LATE_S, ASKS_WITHIN_S = 2.5, 30.0
HUNG_S = 30.0
#: Between the two, so that each is met by a product that is well.
WELL_S = 2.0
#: An answer that a webhook was not stored comes within so long.
REFUSED_WITHIN_S = 2.5


def crashed(scene: Scene) -> None:
    """F08: an immediate stop in the middle of the load, and nine seconds without a database.

    Of the second number no status tells, and its sends are answered late: so some are while there is no database.
    """
    before = dict(scene.site.supervisor.starts)
    mute = scene.lines[1].number.phone_number_id
    scene.site.world.add_fault("silent", mute)
    scene.site.world.add_fault("slow_after", mute, seconds=LATE_S, for_seconds=scene.size.seconds + ASKS_WITHIN_S)
    scene.play()
    time.sleep(scene.size.seconds / 2)
    wait_until_asked(scene, mute)
    crashed_at = time.time()
    scene.site.servers.crash_postgres(away=AWAY_S)
    scene.finish_writing()
    scene.wait_for_news(scene.lines[:1])
    scene.release()  # what the second number was asked at the very moment of the crash has to grow old
    scene.drain()
    scene.facts["answered_meanwhile"] = answered(scene, mute, crashed_at)
    scene.promise(scene.facts["answered_meanwhile"] > 0, "no send was answered while there was no database")
    again = {name: starts - before[name] for name, starts in scene.site.supervisor.starts.items()}
    scene.facts["restarts"] = {name: times for name, times in again.items() if times}
    scene.promise(not again["web"], "web had to be restarted")


def wait_until_asked(scene: Scene, number: str) -> None:
    """Until one more send of the number is under way."""
    before, until = late_answers(scene, number), time.monotonic() + ASKS_WITHIN_S
    while late_answers(scene, number) <= before and time.monotonic() < until:
        time.sleep(0.05)


def late_answers(scene: Scene, number: str) -> int:
    """How many sends of the number were made to wait for their answer."""
    made = [one for one in scene.site.world.faults() if one["kind"] == "slow_after" and one["number"] == number]
    return sum(one["caused"] for one in made)


def answered(scene: Scene, number: str, since: float) -> int:
    """How many sends of the number were answered within the seconds without a database."""
    return sum(1 for one in scene.tried() if one.number == number and since < one.at + LATE_S < since + AWAY_S)


def hung(scene: Scene) -> None:
    """F10: Postgres answers nothing for thirty seconds; after that somebody holds the ledger's table for as long."""
    over = threading.Event()
    slowest: list[float] = []
    looker = threading.Thread(target=look_at_web, args=(scene, over, slowest), daemon=True)
    scene.play()
    looker.start()
    time.sleep(scene.size.seconds / 8)
    with scene.site.servers.hung_postgres():
        time.sleep(HUNG_S)
    time.sleep(WELL_S)
    with scene.site.servers.locked_table("public.ingest_delivery"):
        time.sleep(HUNG_S)
    scene.finish_writing()
    scene.drain()
    over.set()
    looker.join()
    refused = [answer.seconds for answer in scene.answers if not 200 <= answer.status < 300]
    unanswered = sum(1 for answer in scene.answers if answer.status == 0)
    scene.facts |= {
        "refused": len(refused),
        "refused_within_s": round(max(refused, default=0.0), 2),
        "livez_s": round(max(slowest, default=0.0), 2),
    }
    scene.promise(bool(refused), "nothing was refused while Postgres hung")
    scene.promise(not unanswered, f"{unanswered} webhooks got no answer at all")
    scene.promise(max(refused, default=0.0) <= REFUSED_WITHIN_S, f"a refusal took {max(refused, default=0.0):.1f} s")
    scene.promise(max(slowest, default=0.0) < 1.0, f"/livez took {max(slowest, default=0.0):.1f} s")
