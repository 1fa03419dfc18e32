"""Processes that are killed while they work: whole trees, one child, and at random moments of everybody."""

import contextlib
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import psutil

from sandbox.chaos.scene import Scene

EVERY_S = 0.7
#: As long as a model thinks while workers are killed in the middle of it.
THINKING_S = 1.5
LONG_THINKING_S = 3.0
KILLS = 4


def one_worker(scene: Scene) -> None:
    """F01: kill -9 of the one process that waits for the model, with nothing around it."""
    site, before = scene.site, last_call(scene)
    site.world.add_fault("slow", "model", seconds=LONG_THINKING_S, for_seconds=scene.size.seconds + 20)
    scene.play()
    killed, in_flight, until = 0, 0, time.monotonic() + scene.size.seconds + 20
    while killed < KILLS and time.monotonic() < until:
        time.sleep(0.2)
        dead_with = kill_thinker(scene, before)
        if dead_with:
            killed, in_flight = killed + 1, in_flight + dead_with
            time.sleep(LONG_THINKING_S)
    scene.finish_writing()
    scene.drain()
    asked, turns = len(calls_of(scene, before)), model_turns(scene)
    scene.facts |= {"kills": killed, "model_calls": asked, "turns": turns, "calls_in_flight": in_flight}
    scene.promise(killed > 0, "nobody was killed while the model thought")
    scene.promise(asked <= turns + in_flight, f"{asked} model calls for {turns} turns and {in_flight} lost ones")


def kill_thinker(scene: Scene, before: int) -> int:
    """Kills who waits for the model, if anybody does; how many calls were under way. None has begun unseen meanwhile:
    it is looked before and after.
    """
    waiting = orders(thinking(scene, before))
    leader = scene.site.supervisor.pid(workers(scene)[0])
    if not waiting or leader is None:
        return 0
    try:
        psutil.Process(leader).kill()
    except psutil.Error:
        return 0
    return len(waiting | orders(thinking(scene, before)))


def orders(calls: Iterable[Mapping[str, Any]]) -> set[int]:
    """Which calls these are."""
    return {call["order"] for call in calls}


def worker_trees(scene: Scene) -> None:
    """F02: kill -9 of whole trees of workers, most of them while the model thinks."""
    draw = random.Random(scene.seed)  # noqa: S311  # repeatable on purpose
    site, before = scene.site, last_call(scene)
    site.world.add_fault("slow", "model", seconds=THINKING_S, for_seconds=scene.size.seconds + 5)
    scene.play()
    kills, until = 0, time.monotonic() + scene.size.seconds + 5
    while time.monotonic() < until:
        time.sleep(draw.uniform(0.5, 1.5) * EVERY_S)
        name = draw.choices(workers(scene), weights=[4, 1][: len(workers(scene))])[0]
        if thinking(scene, before) or draw.random() < 0.3:
            kills += site.supervisor.kill(name)
    scene.facts["kills"] = kills
    scene.finish_writing()
    scene.drain()


def fragments(scene: Scene) -> None:
    """fragments: ten of each customer within two seconds; every worker is killed in the middle of them."""
    before = last_call(scene)
    scene.play()
    time.sleep(scene.size.seconds / 2)
    killed = [name for name in workers(scene) if scene.site.supervisor.kill(name)]
    scene.finish_writing()
    scene.drain()
    asked: Counter[int] = Counter()
    for call in calls_of(scene, before):
        asked.update({int(found) for found in re.findall(rf"q-{scene.name}-(\d+)-", str(call["body"]["messages"]))})
    answered = Counter(line.conversation for line in scene.ledger())
    scene.facts |= {"killed": len(killed), "model_calls": asked.total(), "replies": answered.total()}
    scene.promise(bool(killed), "no worker was killed")
    for what, counted in (("model calls", asked), ("replies", answered)):
        once = len(counted) == scene.size.conversations and set(counted.values()) == {1}
        scene.promise(once, f"not one each of {what} for {scene.size.conversations} bursts: {dict(counted)}")


def storm(scene: Scene) -> None:
    """Everything at once: a provider with all its faults, a random process killed every second, a Postgres crash."""
    world, long = scene.site.world, scene.size.seconds + 30
    for line in scene.lines:
        number = line.number.phone_number_id
        for kind, part in (("hang_after", 0.03), ("hang_before", 0.02), ("5xx", 0.03), ("429", 0.05)):
            world.add_fault(kind, number, probability=part, seed=scene.seed, for_seconds=long)
    scene.play()
    over = threading.Event()
    killer = threading.Thread(target=kill_somebody, args=(scene, over), daemon=True)
    killer.start()
    time.sleep(scene.size.seconds / 2)
    scene.site.servers.crash_postgres(away=5.0)
    time.sleep(max(0.0, scene.size.seconds / 2 - 5.0))
    over.set()
    killer.join()
    scene.finish_writing()
    scene.drain(300)


def kill_somebody(scene: Scene, over: threading.Event) -> None:
    """kill -9 of one random process of the product every second, whether leader or child."""
    draw, kills = random.Random(scene.seed), 0  # noqa: S311  # repeatable on purpose
    while not over.wait(1.0):
        pids = scene.site.supervisor.pids(scene.site.names)
        with contextlib.suppress(psutil.Error, IndexError):
            psutil.Process(draw.choice(pids)).kill()
            kills += 1
    scene.facts["kills"] = kills


def workers(scene: Scene) -> list[str]:
    """The names of the workers in the Procfile, the one that thinks first."""
    return sorted((name for name in scene.site.names if name.startswith("worker")), key=len, reverse=True)


def last_call(scene: Scene) -> int:
    """The order of the newest model call, to look only at later ones."""
    return max((call["order"] for call in scene.site.world.model_calls()), default=0)


def thinking(scene: Scene, after: int) -> list[dict[str, Any]]:
    """The model calls that are under way at this moment."""
    young = time.time() - LONG_THINKING_S
    return [call for call in calls_of(scene, after) if not call["status"] and call["at"] > young]


def calls_of(scene: Scene, after: int) -> list[dict[str, Any]]:
    """The model calls about this scene's customers."""
    mark = f"q-{scene.name}-"
    return [call for call in scene.site.world.model_calls(after=after) if mark in str(call["body"].get("messages"))]


def model_turns(scene: Scene) -> int:
    """How many answers of the model became turns, second thoughts included."""
    return sum(
        int(row[0])
        for line in scene.load.lines
        for row in scene.site.read(
            f"SELECT count(*) + coalesce(sum(reruns), 0) FROM {line.schema}.dialogue_turn t "  # noqa: S608  # nosec B608  # our own name
            f"JOIN {line.schema}.conversations_conversation c ON c.id = t.conversation_id "
            "WHERE c.inbox_id = %s AND t.model <> ''",
            line.inbox,
        )
    )
