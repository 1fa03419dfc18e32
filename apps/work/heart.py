"""Keeps the leases of what this process has in hand: short ones, renewed while the work goes on.

So the items of a process that died are free soon, and a long model call is not taken for dead hands. A run that
takes longer than its kind allows is no longer kept.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from apps.core import connections
from apps.work import ages
from apps.work.claims import Claim

log = logging.getLogger(__name__)

#: A lease outlives so many missed beats.
BEATS = 5

# An item that was given back between two looks has no lease any more, and must not get one again.
RENEW = """
UPDATE work_workitem w SET lease_until = statement_timestamp() + make_interval(secs => %s)
FROM unnest(%s::bigint[], %s::bigint[]) AS held (id, token) WHERE w.id = held.id AND w.token = held.token
  AND w.lease_until IS NOT NULL
"""


@dataclass
class Held:
    """A claimed item, and until when its run may take by this process's clock."""

    claim: Claim
    until: float


def _key(claim: Claim) -> tuple[int, int]:
    """With the token: an old run's end must not stop the renewal of a newer claim of the same item."""
    return claim.id, claim.token


class Heart:
    """The claims in hand of one process, and the thread that renews them."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], Held] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def keeping(self, claim: Claim, longest: float) -> Iterator[None]:
        """Renews the claim while the block runs, at most for `longest` seconds."""
        with self._lock:
            self._held[_key(claim)] = Held(claim, time.monotonic() + longest)
            if self._thread is None or not self._thread.is_alive():  # after a fork it is alive elsewhere
                self._thread = threading.Thread(target=self._beat_on, name="heart", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(_key(claim), None)

    def prolong(self, claim: Claim, seconds: float) -> None:
        """The run may take so many seconds from now."""
        with self._lock:
            if _key(claim) in self._held:
                self._held[_key(claim)].until = time.monotonic() + seconds

    def beat(self) -> None:
        """Renews all that is in hand, on the database's clock. Raises DatabaseError."""
        now = time.monotonic()
        with self._lock:
            alive = [held.claim for held in self._held.values() if held.until > now]
        if alive:
            values: list[Any] = [ages.seconds("lease"), [claim.id for claim in alive], [claim.token for claim in alive]]
            with connection.cursor() as cursor:
                cursor.execute(RENEW, values)

    def _beat_on(self) -> None:
        while True:
            time.sleep(ages.seconds("lease") / BEATS)
            try:
                self.beat()
            except DatabaseError as error:
                log.warning("Leases could not be renewed (%s); trying again", type(error).__name__)
            finally:
                connections.release()


heart = Heart()
