"""Redis away, hung, emptied or full: it is a doorbell, and the work goes on without it."""

import threading
import time

from sandbox.chaos.scene import Scene
from sandbox.processes import DIRECT

#: What the vendors are promised, whatever happens to Redis.
P99_S = 1.0
DRAINED_S = 30.0
#: Long enough that everybody notices that it is gone.
GONE_S = 1.0


def emptied(scene: Scene) -> None:
    """F06: everything in Redis is lost, again and again; in the middle it is killed and starts empty."""
    scene.play()
    half = scene.size.seconds / 2
    times = flushed_for(scene, half)
    with scene.site.servers.stopped_redis():
        time.sleep(GONE_S)
    scene.facts["flushed"] = times + flushed_for(scene, half - GONE_S)
    scene.finish_writing()
    scene.drain()
    scene.promise_prompt_intake(P99_S)
    scene.promise(scene.facts["drain_s"] <= DRAINED_S, f"drained only after {scene.facts['drain_s']} s")


def flushed_for(scene: Scene, seconds: float) -> int:
    """Empties Redis every second for so long; how often."""
    times, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1.0)
        scene.site.servers.tell_redis("FLUSHALL")
        times += 1
    return times


def away(scene: Scene) -> None:
    """F05: no Redis at all while the load is written and answered."""
    with scene.site.servers.stopped_redis():
        scene.play()
        scene.finish_writing()
        scene.drain()
        promise_answered(scene)
    scene.promise_prompt_intake(P99_S)


def promise_answered(scene: Scene) -> None:
    """Answers went on: nothing waits for Redis to be well again."""
    unanswered, unsent, _ = scene.now_open()
    scene.promise(not unanswered + unsent, f"{unanswered} messages unanswered, {unsent} unsent without Redis")


def hung(scene: Scene) -> None:
    """F07: Redis hangs for half of the load, and takes nothing more for the other half; web answers all the time."""
    over = threading.Event()
    slowest: list[float] = []
    looker = threading.Thread(target=look_at_web, args=(scene, over, slowest), daemon=True)
    scene.play()
    looker.start()
    with scene.site.servers.hung_redis():
        time.sleep(scene.size.seconds / 2)
    with scene.site.servers.full_redis():
        scene.finish_writing()
        scene.drain()
        promise_answered(scene)
    over.set()
    looker.join()
    scene.facts["livez_s"] = round(max(slowest, default=0.0), 3)
    scene.promise(scene.facts["livez_s"] < P99_S, f"/livez took {scene.facts['livez_s']} s")
    scene.promise_prompt_intake(P99_S)


def look_at_web(scene: Scene, over: threading.Event, slowest: list[float]) -> None:
    """Asks web again and again whether it lives."""
    while not over.wait(0.25):
        began = time.monotonic()
        try:
            with DIRECT.open(f"{scene.site.base_url}/livez", timeout=10):
                pass
        except OSError:
            slowest.append(10.0)
        slowest.append(time.monotonic() - began)
