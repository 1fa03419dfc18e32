"""Deaths at named places: around a send, after a decision, around a webhook's commit, and of whoever reads poison."""

import time
from collections.abc import Sequence

from sandbox.chaos.build import striking
from sandbox.chaos.faults.processes import workers
from sandbox.chaos.scene import Scene
from sandbox.chaos.waiting import picked_up_after

#: What the relay needs to have somebody else do what a dead worker was about to do.
PICKED_UP_S = 2.0
ALIVE = "SELECT count(*) FROM work_pulse WHERE queue = 'chat' AND seen_at > now() - interval '2 s'"
AROUND_A_SEND = ("send.before-call", "send.after-call")
AROUND_A_WEBHOOK = ("intake.before-store", "intake.after-store")
#: How long a request is under way, and how long somebody looks for one.
SLOW_S, UNDER_WAY_S = 3.0, 60.0
POISON = "poison-of-the-model"
POISON_ITEM = "poison-of-the-reader"
#: After so many deaths of whoever took it, a piece of work is set aside.
TRIES = 5


def around_a_send(scene: Scene) -> None:
    """F03: dead before the first byte, with the request under way, and after acceptance before our commit.

    On the first number statuses tell what became of each; on the second nothing ever does.
    """
    world, crashes = scene.site.world, scene.site.crashes
    heard, mute = (line.number.phone_number_id for line in scene.lines)
    world.add_fault("silent", mute)
    for point in AROUND_A_SEND:
        striking.order(crashes, point, 2, heard)
        striking.order(crashes, point, 1, mute)
    scene.play()
    scene.facts["killed_under_way"] = kill_under_way(scene, heard)
    scene.finish_writing()
    for line in scene.lines:
        number = line.number.phone_number_id
        scene.provoke(line, lambda number=number: not unused(scene, AROUND_A_SEND, number))  # type: ignore[misc]  # bound
    scene.wait_for_news(scene.lines[:1])
    scene.release()  # the second number's have to grow old
    scene.drain()
    scene.promise(scene.facts["killed_under_way"] > 0, "nobody was killed with a request under way")
    withdraw(scene, *AROUND_A_SEND)


def unused(scene: Scene, points: Sequence[str], word: str = "") -> int:
    """How many of the wanted deaths have not happened yet."""
    return sum(striking.unused(scene.site.crashes, point, word) for point in points)


def withdraw(scene: Scene, *points: str) -> None:
    """Wants no more of them; those that never happened break a promise."""
    left = sum(striking.cancel(scene.site.crashes, point) for point in points)
    scene.promise(not left, f"{left} of the crashes never happened")


def kill_under_way(scene: Scene, number: str) -> int:
    """Kills the worker twice while the provider has its request and says nothing yet; how often it lived to be killed.

    Where a crash point was quicker, the next request is made to wait.
    """
    kills, until = 0, time.monotonic() + UNDER_WAY_S
    while kills < 2 and time.monotonic() < until:
        seen = slow_ones(scene, number)
        scene.site.world.add_fault("slow", number, seconds=SLOW_S, count=1)
        while slow_ones(scene, number) == seen and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(0.3)
        kills += slow_ones(scene, number) > seen and scene.site.supervisor.kill(workers(scene)[0])
    return kills


def slow_ones(scene: Scene, number: str) -> int:
    """How many sends of the number were made to wait so far."""
    made = [one for one in scene.site.world.faults() if one["kind"] == "slow" and one["number"] == number]
    return sum(one["caused"] for one in made)


def after_a_decision(scene: Scene) -> None:
    """F04: dead between the commit of an answer and anything that would wake its sending; a second worker lives."""
    name = workers(scene)[0]
    supervisor, second = scene.site.supervisor, f"{name}-2"
    one = supervisor.watched[name]
    beside = [word.replace("chat@", "chat2@") for word in one.argv]
    supervisor.ask(lambda: supervisor.keep(second, beside))
    scene.play()
    for _ in range(3):
        wait_for_two(scene)
        striking.order(scene.site.crashes, "turn.after-commit", 1)
        scene.provoke(scene.lines[0], lambda: not unused(scene, ["turn.after-commit"]))
    scene.finish_writing()
    scene.drain()
    withdraw(scene, "turn.after-commit")
    supervisor.ask(lambda: supervisor.stop_one(second))
    died = [crash for crash in striking.crashes(scene.site.crashes) if crash.point == "turn.after-commit"]
    waited = picked_up_after(scene.site, scene.load, scene.ledger(), died)
    scene.facts |= {"crashes": len(died), "picked_up_s": round(max(waited, default=0.0), 2)}
    scene.promise(bool(waited), "no answer of a turn whose decider died was found")
    slow = [round(seconds, 2) for seconds in waited if seconds > PICKED_UP_S]
    scene.promise(not slow, f"answers waited {slow} s for somebody to send them")


def wait_for_two(scene: Scene) -> None:
    """Until two workers live and nobody else of theirs was seen within their last two beats."""
    until = time.monotonic() + 60
    time.sleep(3.0)  # of whom has just died nothing is seen any more
    while time.monotonic() < until and scene.site.read(ALIVE)[0][0] < 2:
        time.sleep(0.5)


def web_around_the_commit(scene: Scene) -> None:
    """F18: web dies before it stores a webhook, and after it has stored but not yet answered."""
    crashes = scene.site.crashes
    striking.order(crashes, "intake.before-store", 2)
    striking.order(crashes, "intake.after-store", 3)
    scene.play()
    scene.finish_writing()
    scene.provoke(scene.lines[0], lambda: not unused(scene, AROUND_A_WEBHOOK))
    withdraw(scene, *AROUND_A_WEBHOOK)
    scene.drain()


def poison(scene: Scene) -> None:
    """F26: one message kills whoever reads it from its webhook, another whoever asks the model about it.

    Both are set aside after five tries. What came with the first is received; the second's conversation goes on.
    """
    line, crashes = scene.lines[0], scene.site.crashes
    striking.order(crashes, "item.before", 0, POISON_ITEM)
    striking.order(crashes, "turn.before-model", 0, POISON)
    unread, beside = scene.another(line, 1, 0, POISON_ITEM), scene.another(line, 2, 0)
    unanswered, later = scene.another(line, 3, 0, POISON), scene.another(line, 3, 1)
    scene.play()
    scene.deliver(line, [unread, beside])
    scene.deliver(line, [unanswered])
    scene.finish_writing()
    scene.promise(scene.hears(beside, 120), "what stood beside the poison in its webhook was not answered")
    scene.drain()
    struck = [crash.point for crash in striking.crashes(crashes)]
    scene.facts["tries"] = {point: struck.count(point) for point in ("item.before", "turn.before-model")}
    for point, tries in scene.facts["tries"].items():
        scene.promise(TRIES - 1 <= tries <= TRIES + 1, f"poison at {point} was tried {tries} times, not {TRIES}")
    scene.deliver(line, [later])
    scene.promise(scene.decided(later, 60), "the conversation of the poisoned turn did not go on")
    for point in ("item.before", "turn.before-model"):
        striking.cancel(crashes, point)
