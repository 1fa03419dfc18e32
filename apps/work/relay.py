"""The relay: looks every 100 ms at what is due and rings for it. Any number of copies are harmless.

It works items itself only when ringing fails or no worker lives, so that a lost Redis costs latency only.
"""

import logging
import os
import platform
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, connection
from kombu.messaging import Producer

from apps.core import connections
from apps.work import kinds, pulse
from apps.work.kinds import Kind
from celery_app import app as celery

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
#: What became due in so many seconds is rung for at each look: a ring may be lost, and a transaction that made it due
#: may have taken a while. What waits for longer, because hands are slow or died, is rung for now and then: those that
#: work go on to it by themselves, and to be rung costs them what they lack.
YOUNG_SECONDS = 0.25
OLD_SECONDS = 1.0
#: Of each kind of what waits for longer so often at once: a ring costs a worker some milliseconds of computing, which
#: all that wait need, and the hands that come go on to the next by themselves.
OLD_RINGS = 4
#: A ring nobody hears in this time is worthless: the relay has rung again since.
RING_EXPIRES = 5
#: Hands that are free and leave the same ring lying for so long hear nothing, though their process shows life.
DEAF_SECONDS = 10.0
#: While Redis fails, rings are tried again this often; a hung Redis must not slow the looking down.
REDIS_PAUSE = 2.0
#: So many are remembered of each kind: more than are rung in YOUNG_SECONDS.
RINGS_KEPT = 1_000
#: Hands of the relay's own, used only while there are no others.
OWN_HANDS = 8


@dataclass
class Lying:
    """The oldest ring of a queue, and between which looks it lay there."""

    ring: bytes | None
    since: float
    seen: float


class Relay:
    """One relay process. `run` until `stop` is set."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.redis_fails_until = 0.0
        self.own_hands = ThreadPoolExecutor(OWN_HANDS, thread_name_prefix="relay")
        self.bell = ThreadPoolExecutor(1, thread_name_prefix="bell")
        self.ringing: Future[None] | None = None
        self.rung_at = 0.0
        self.line: Producer | None = None  # to Redis, kept open; the bell's thread's own
        self.looked_at_old = 0.0
        # When each kind was rung for.
        self.rung: dict[str, deque[float]] = defaultdict(lambda: deque([0.0], RINGS_KEPT))
        self.process = f"{platform.node()}.{os.getpid()}.{pulse.RELAY}"
        self.beaten_at = 0.0
        self.lying: dict[str, Lying] = {}
        self.under_way: dict[str, list[Future[int]]] = {}

    def run(self) -> None:
        """Looks and rings until stopped; a database that is away is waited for."""
        while not self.stop.wait(LOOK_SECONDS):
            try:
                self.look()
                self.beat()
            except DatabaseError:
                log.warning("The database does not answer; looking again in a second")
                connection.close()
                self.stop.wait(1.0)
        self.own_hands.shutdown(wait=True)
        self.bell.shutdown(wait=False, cancel_futures=True)
        with suppress(DatabaseError):
            pulse.forget(self.process)

    def beat(self) -> None:
        """Says each second that it lives, after a look: one that hangs in looking says nothing."""
        if time.monotonic() - self.beaten_at >= pulse.BEAT_SECONDS:
            self.beaten_at = time.monotonic()
            pulse.beat(self.process, pulse.RELAY, 0)

    def look(self) -> None:
        """One look at every kind."""
        young = self.young()
        due = kinds.due(young)
        hands = {queue: pulse.free_hands(queue, _kinds_of(queue)) for queue in {kind.queue for kind in due}}
        rings: dict[Kind, int] = {}
        for kind, count in due.items():
            away = hands[kind.queue] is None or time.monotonic() < self.redis_fails_until
            if away or (hands[kind.queue] and self.deaf(kind.queue)):
                self.work_here(kind, count)
            if not away and (wanted := self.wanted(kind, count, young)):
                rings[kind] = wanted  # also for the deaf: that they hear again is known by their taking it
        if rings:
            # Hands that died are taken for busy a while: one ring at least always waits.
            self.ring(rings, {queue: max(free, 1) for queue, free in hands.items() if free is not None})

    def deaf(self, queue: str) -> bool:
        """Whether nobody takes the queue's rings: a worker whose consumer is lost goes on showing life.

        Hands may be busy with what has no WorkItem; then these here help, which harms nobody.
        """
        lies = self.lying.get(queue)
        return (
            lies is not None
            and lies.ring is not None
            and lies.seen - lies.since > DEAF_SECONDS
            and time.monotonic() - lies.seen < 2 * OLD_SECONDS
        )

    def listen(self, queue: str, oldest: bytes | None) -> None:
        """Notes which ring is the oldest of the queue just now."""
        now, lies = time.monotonic(), self.lying.get(queue)
        since = lies.since if lies is not None and lies.ring == oldest else now
        self.lying[queue] = Lying(oldest, since, now)

    def young(self) -> float | None:
        """How young what is looked at must be; None when it is time to look at all."""
        if time.monotonic() - self.looked_at_old < OLD_SECONDS and time.monotonic() >= self.redis_fails_until:
            return YOUNG_SECONDS
        self.looked_at_old = time.monotonic()
        return None

    def wanted(self, kind: Kind, due: int, young: float | None) -> int:
        """How often to ring: hands that were called a moment ago are on their way to what is due."""
        if kind.probe is None:
            return due  # its hands take what there is and leave; what comes then is for others
        coming = sum(at > time.monotonic() - YOUNG_SECONDS for at in list(self.rung[kind.name]))
        return max((min(due, OLD_RINGS) if young is None else due) - coming, 0)

    def ring(self, due: Mapping[Kind, int], hands: Mapping[str, int]) -> None:
        """Hands the rings to the bell's thread; a bell that is still busy is not waited for."""
        if self.ringing is not None and not self.ringing.done():
            if time.monotonic() - self.rung_at > REDIS_PAUSE:
                self.redis_fails_until = time.monotonic() + REDIS_PAUSE
            return
        self.rung_at = time.monotonic()
        self.ringing = self.bell.submit(self.publish, due, hands)

    def publish(self, due: Mapping[Kind, int], hands: Mapping[str, int]) -> None:
        """Rings for what is due, in each queue as often as hands are free there that no waiting ring will take.

        Hands that work go on to the next item by themselves, so more rings would find nothing.
        """
        try:
            line = self.line = self.line or celery.amqp.Producer(celery.connection_for_write(), auto_declare=False)
            waiting = {queue: line.channel.client.llen(queue) for queue in hands}
            for queue in hands:
                self.listen(queue, line.channel.client.lindex(queue, -1))
            with line.batch():
                for queue, free in hands.items():
                    mine = {kind: count for kind, count in due.items() if kind.queue == queue}
                    for kind in self.dealt(mine, min(free, sum(mine.values())) - waiting[queue]):
                        celery.send_task(kind.name, queue=queue, expires=RING_EXPIRES, producer=line, retry=False)
            self.redis_fails_until = 0.0
        except Exception as error:  # whatever it is, and Redis fails in many ways: nobody was rung
            log.warning("Ringing failed (%s); working here meanwhile", error)
            self.redis_fails_until = time.monotonic() + REDIS_PAUSE
            self.hang_up()

    def dealt(self, due: Mapping[Kind, int], rings: int) -> list[Kind]:
        """Which kinds so many rings are for: each in turn, who was rung for longest ago first."""
        left, dealt = dict(due), list[Kind]()
        while left and len(dealt) < rings:
            kind = min(left, key=lambda kind: self.rung[kind.name][-1])
            self.rung[kind.name].append(time.monotonic())
            dealt.append(kind)
            left[kind] -= 1
            if not left[kind]:
                del left[kind]
        return dealt

    def hang_up(self) -> None:
        """Closes the line to Redis, of which nobody knows what it still holds; the next ring opens another."""
        line, self.line = self.line, None
        if line is not None:
            with suppress(Exception):
                line.connection.release()

    def work_here(self, kind: Kind, due: int) -> None:
        """Works the kind with the relay's own hands, as many as are free."""
        running = [future for future in self.under_way.get(kind.name, []) if not future.done()]
        for _ in range(min(due, OWN_HANDS // 2) - len(running)):
            running.append(self.own_hands.submit(_work_and_close, kind))
        self.under_way[kind.name] = running


def _kinds_of(queue: str) -> list[str]:
    return [kind.name for kind in kinds.all_kinds() if kind.queue == queue]


def _work_and_close(kind: Kind) -> int:
    try:
        return kind.work(kinds.PASS_SECONDS)
    finally:
        connections.release()  # it may be long until these hands are needed again
