"""Postgres away, hung or locked: nothing is acknowledged that is not stored, and all come back by themselves."""

import threading
import time

from sandbox.chaos.faults.redis import look_at_web
from sandbox.chaos.scene import Scene

AWAY_S = 5.0
HUNG_S = 30.0
#: Between the two, so that each is met by a product that is well.
WELL_S = 2.0
#: An answer that a webhook was not stored comes within so long.
REFUSED_WITHIN_S = 2.5


def crashed(scene: Scene) -> None:
    """F08: an immediate stop in the middle of the load, and five seconds without a database."""
    before = dict(scene.site.supervisor.starts)
    scene.play()
    time.sleep(scene.size.seconds / 2)
    scene.site.servers.crash_postgres(away=AWAY_S)
    scene.finish_writing()
    scene.drain()
    again = {name: starts - before[name] for name, starts in scene.site.supervisor.starts.items()}
    scene.facts["restarts"] = {name: times for name, times in again.items() if times}
    scene.promise(not again["web"], "web had to be restarted")


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
