"""Who does the work, and by which clock: no relay, two of them, a rolling restart, workers whose clocks are wrong."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import replace

from sandbox.chaos.build.apps import CLOCK
from sandbox.chaos.customers import Load, post_of
from sandbox.chaos.faults.processes import workers
from sandbox.chaos.installation import RELEASE
from sandbox.chaos.scene import Scene
from sandbox.memory import CHECKOUT
from sandbox.processes import read_procfile, shell

#: Due work may be so late after somebody rings again.
LATE_S = 10.0
ROUNDS = 10
OFF_S = 600


def relay_away(scene: Scene) -> None:
    """F17: for ten seconds nobody rings; after that two do."""
    supervisor = scene.site.supervisor
    supervisor.ask(lambda: supervisor.stop_one("relay"))
    scene.play()
    time.sleep(LATE_S)
    waiting = scene.now_open()[0]
    supervisor.ask(lambda: supervisor.start_one("relay"))
    relay = supervisor.watched["relay"]
    supervisor.ask(lambda: supervisor.keep("relay-2", relay.argv))
    scene.finish_writing()
    scene.drain()
    supervisor.ask(lambda: supervisor.stop_one("relay-2"))
    scene.facts["waiting_without_relay"] = waiting


def rolling_restart(scene: Scene) -> None:
    """F28: every process is replaced politely, ten times, under load; the tables are migrated meanwhile."""
    supervisor = scene.site.supervisor
    scene.play()
    migrate = read_procfile(CHECKOUT / "Procfile")[RELEASE]
    environment = dict(scene.site.environment)
    with subprocess.Popen(  # noqa: S603  # the Procfile's own
        shell(migrate), cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as migration:
        for _ in range(ROUNDS):
            for name in scene.site.names:
                # A port belongs to one process at a time; what needs none has its successor beside it.
                supervisor.ask(restart(scene, name) if name == "web" else replaced(scene, name))
            time.sleep(max(1.0, scene.size.seconds / ROUNDS))
    scene.promise(migration.returncode == 0, "migrating under load failed")
    scene.facts["restarts"] = ROUNDS * len(scene.site.names)
    scene.finish_writing()
    scene.drain()


def restart(scene: Scene, name: str) -> Callable[[], None]:
    """Ends and starts it."""

    def act() -> None:
        scene.site.supervisor.stop_one(name)
        scene.site.supervisor.start_one(name)

    return act


def replaced(scene: Scene, name: str) -> Callable[[], None]:
    """Starts its successor while it ends."""
    return lambda: scene.site.supervisor.replace(name)


def wrong_clocks(scene: Scene) -> None:
    """F20: one worker ten minutes fast, one ten minutes slow; messages dated 1970 and next year."""
    supervisor, name = scene.site.supervisor, workers(scene)[0]
    usual = supervisor.watched[name]
    supervisor.ask(lambda: supervisor.stop_one(name))
    for suffix, seconds in (("fast", OFF_S), ("slow", -OFF_S)):
        words = [word.replace("chat@", f"{suffix}@") for word in usual.argv]
        supervisor.ask(
            lambda suffix=suffix, words=words, seconds=seconds: supervisor.keep(  # type: ignore[misc]  # bound
                f"{name}-{suffix}", words, {CLOCK: str(seconds)}
            )
        )
    heard = scene.lines[0].number.phone_number_id
    scene.site.world.add_fault("hang_before", heard, count=2)
    scene.play(change=oddly_dated)
    scene.finish_writing()
    scene.drain()
    scene.settle()
    for suffix in ("fast", "slow"):
        supervisor.ask(lambda suffix=suffix: supervisor.stop_one(f"{name}-{suffix}"))  # type: ignore[misc]  # bound
    supervisor.ask(lambda: supervisor.start_one(name))


def oddly_dated(load: Load) -> Load:
    """A third of the conversations is dated in the seventies, a third next year; in each the order stays."""
    odd = {0: lambda at: at % 100_000_000, 1: lambda at: at + 365 * 86_400, 2: lambda at: at}
    written = tuple(replace(one, at=odd[one.conversation % 3](one.at)) for one in load.written)
    by_wamid = {one.wamid: one for one in written}
    posts = [
        post_of(load.line_of(by_wamid[post.wamids[0]]), [by_wamid[wamid] for wamid in post.wamids], post.after)
        if post.wamids
        else post
        for post in load.posts
    ]
    return replace(load, written=written, posts=tuple(posts))
