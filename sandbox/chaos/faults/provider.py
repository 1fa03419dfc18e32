"""A provider that takes messages and does not say so, hangs, refuses, limits, or forgets who we are."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import replace

from sandbox.chaos.customers import Size
from sandbox.chaos.scene import Scene, percentile

#: The others' answers may come so much later than without a storm beside them.
SLOWER, SLACK_S = 1.2, 0.5
#: Small, because nothing is raised for it: 80 messages a minute, a turn every 10 s, 20 model calls a minute.
SHIPPED = Size(conversations=8, messages=16, seconds=20, taken=0)


def accepts_and_hangs(scene: Scene) -> None:
    """F11: accepted, then silence. On the first number statuses tell; on the second nothing ever does."""
    heard, mute = (line.number.phone_number_id for line in scene.lines)
    world, seconds = scene.site.world, scene.size.seconds
    world.add_fault("hang_after", heard, probability=0.3, seed=scene.seed, for_seconds=seconds)
    world.add_fault("silent", mute)
    world.add_fault("hang_after", mute, count=3)
    scene.play()
    time.sleep(seconds / 2)
    world.add_fault("hang_after", heard, for_seconds=2.0)  # and for a while each of them
    scene.finish_writing()
    scene.wait_for_news(scene.lines[:1])
    scene.release()  # the second number's have to grow old
    scene.drain()


def hangs_before(scene: Scene) -> None:
    """F12: hung up on before accepting. On the first number statuses of others tell that it was not taken."""
    silence(scene, news_s=60.0, patience_s=120.0)


def as_shipped(scene: Scene) -> None:
    """F12 once more, with no time shortened and no limit raised. It takes so long that others begin beside it."""
    silence(scene, news_s=300.0, patience_s=900.0, beside=True)
    scene.settle(900.0)


def wait_for_silence(scene: Scene, wanted: Mapping[str, int], seconds: float = 60.0) -> None:
    """Until the provider has been silent to so many sends of each number: before, nothing is unknown yet."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        caused = {f["number"]: f["caused"] for f in scene.site.world.faults() if f["kind"] == "hang_before"}
        if all(caused.get(number, 0) >= count for number, count in wanted.items()):
            return
        time.sleep(0.2)
    scene.promise(False, f"the provider was not silent as often as it was to be: {wanted}")


def silence(scene: Scene, *, news_s: float, patience_s: float, beside: bool = False) -> None:
    """Four sends of the first number and two of the second; then others write to the first for at most `news_s`.

    `beside`: other faults may begin before that is over.
    """
    line, heard, mute = scene.lines[0], *(line.number.phone_number_id for line in scene.lines)
    world = scene.site.world
    world.add_fault("hang_before", heard, count=4)
    world.add_fault("silent", mute)
    world.add_fault("hang_before", mute, count=2)
    scene.play()
    scene.finish_writing()
    wait_for_silence(scene, {heard: 4, mute: 2})
    if beside:
        scene.release()
    # What tells of the silent ones is that the number tells of others that were sent later.
    scene.provoke(line, lambda: not any(scene.now_open([line])[1:]), news_s)
    scene.release()  # the second number's have to grow old
    scene.drain(patience_s)
    silent = {tried.opaque for tried in scene.tried() if tried.outcome == "hang_before" and tried.number == heard}
    taken = {one.key for one in scene.ledger()}
    scene.facts["resent"] = len(silent & taken)
    scene.promise(silent <= taken, "what surely was not taken was not sent again")


def throttled(scene: Scene) -> None:
    """F13: one number is refused for its rate, its pairs and its app; another's answers come as ever."""
    limited, other, calm = scene.lines
    part = replace(scene.size, conversations=scene.size.conversations // 2, messages=scene.size.messages // 2, taken=0)
    before = scene.aside("calm", [calm], part)
    before.finish_writing()
    before.drain()
    world, number = scene.site.world, limited.number.phone_number_id
    for code, count in ((130429, 12), (131056, 8), (4, 4)):
        world.add_fault(
            *("429", number), code=code, count=count, probability=0.5, seed=scene.seed + code, retry_after=1
        )
    beside = scene.aside("beside", [other], part)
    scene.play(lines=[limited])
    scene.finish_writing()
    beside.finish_writing()
    scene.drain()
    beside.drain()
    for one in (before, beside):
        scene.promise(one.count().kept, f"broken on the number called {one.name}: {one.count()}")
    usual, now = percentile(before.answered_after(), 95), percentile(beside.answered_after(), 95)
    scene.facts |= {"others_p95_s": round(now, 2), "others_p95_before_s": round(usual, 2)}
    scene.promise(now <= usual * SLOWER + SLACK_S, f"the other number's p95 went from {usual:.1f} to {now:.1f} s")


def errs_and_forgets(scene: Scene) -> None:
    """F14: a third of one number's sends meets an internal error; another's token is revoked and later renewed."""
    failing, revoked = scene.lines
    world = scene.site.world
    seconds = scene.size.seconds
    world.add_fault("5xx", failing.number.phone_number_id, probability=0.3, seed=scene.seed, for_seconds=seconds)
    scene.play()
    time.sleep(seconds / 3)
    token = f"renewed-{secrets.token_hex(8)}"
    world.change_number(revoked.number.phone_number_id, token=token)
    scene.finish_writing()
    time.sleep(2.0)
    state = scene.site.read(f"SELECT state FROM {revoked.schema}.inboxes_inbox WHERE id = %s", revoked.inbox)[0][0]  # noqa: S608  # nosec B608  # our own name
    scene.facts["state_while_revoked"] = state
    scene.promise(state == "broken", f"the number whose token was revoked is {state}")
    waiting = scene.now_open()
    scene.promise(waiting[0] + waiting[1] > 0, "nothing was kept waiting for the revoked number")
    scene.site.manage("reconnect_inbox", revoked.slug, "--key", revoked.number.phone_number_id, "--token", token)
    scene.written_at = time.monotonic()
    scene.drain()
