"""The relay: looks every 100 ms at what is due and rings for it. Any number of copies are harmless.

It works items itself only when ringing fails or no worker lives, so that a lost Redis costs latency only.
"""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError

from apps.core import connections
from apps.work import kinds, pulse
from apps.work.kinds import Kind
from celery_app import app as celery

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.1
#: A ring nobody hears in this time is worthless: the relay has rung again since.
RING_EXPIRES = 5
#: While Redis fails, rings are tried again this often; a hung Redis must not slow the looking down.
REDIS_PAUSE = 2.0
#: Hands of the relay's own, used only while there are no others.
OWN_HANDS = 8


class Relay:
    """One relay process. `run` until `stop` is set."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.redis_fails_until = 0.0
        self.own_hands = ThreadPoolExecutor(OWN_HANDS, thread_name_prefix="relay")
        self.bell = ThreadPoolExecutor(1, thread_name_prefix="bell")
        self.ringing: Future[None] | None = None
        self.rung_at = 0.0
        self.under_way: dict[str, list[Future[int]]] = {}

    def run(self) -> None:
        """Looks and rings until stopped; a database that is away is waited for."""
        while not self.stop.wait(LOOK_SECONDS):
            try:
                self.look()
            except DatabaseError:
                log.warning("The database does not answer; looking again in a second")
                connection.close()
                self.stop.wait(1.0)
        self.own_hands.shutdown(wait=True)
        self.bell.shutdown(wait=False, cancel_futures=True)

    def look(self) -> None:
        """One look at every kind."""
        rings: dict[Kind, int] = {}
        for kind in kinds.all_kinds():
            due = kind.waiting()
            if not due:
                continue
            hands = pulse.free_hands(kind.queue, [k.name for k in kinds.all_kinds() if k.queue == kind.queue])
            if hands is None or time.monotonic() < self.redis_fails_until:
                self.work_here(kind, due)
            else:
                rings[kind] = min(due, 2 * hands)
        if rings:
            self.ring(rings)

    def ring(self, rings: dict[Kind, int]) -> None:
        """Hands the rings to the bell's thread; a bell that is still busy is not waited for."""
        if self.ringing is not None and not self.ringing.done():
            if time.monotonic() - self.rung_at > REDIS_PAUSE:
                self.redis_fails_until = time.monotonic() + REDIS_PAUSE
            return
        self.rung_at = time.monotonic()
        self.ringing = self.bell.submit(self.publish, rings)

    def publish(self, rings: dict[Kind, int]) -> None:
        """Publishes as many rings as are not yet waiting in their queue."""
        try:
            with celery.connection_for_write() as bell:
                redis = bell.default_channel.client
                waiting = {kind.queue: redis.llen(kind.queue) for kind in rings}
                for kind, count in rings.items():
                    for _ in range(max(count - waiting[kind.queue], 0)):
                        celery.send_task(
                            kind.name, queue=kind.queue, expires=RING_EXPIRES, connection=bell, retry=False
                        )
            self.redis_fails_until = 0.0
        except (OperationalError, OSError) as error:
            log.warning("Ringing failed (%s); working here meanwhile", error)
            self.redis_fails_until = time.monotonic() + REDIS_PAUSE

    def work_here(self, kind: Kind, due: int) -> None:
        """Works the kind with the relay's own hands, as many as are free."""
        running = [future for future in self.under_way.get(kind.name, []) if not future.done()]
        for _ in range(min(due, OWN_HANDS // 2) - len(running)):
            running.append(self.own_hands.submit(_work_and_close, kind))
        self.under_way[kind.name] = running


def _work_and_close(kind: Kind) -> int:
    try:
        return kind.work(kinds.PASS_SECONDS)
    finally:
        connections.renew()
