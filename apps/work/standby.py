"""When no relay lives, somebody must still notice that: workers then do the installation's chores themselves.

Chores are claimed, so however many stand by, each is done once.
"""

import logging
import threading

from django.db import DatabaseError, connection

from apps.core import connections
from apps.work import chores, pulse

log = logging.getLogger(__name__)

#: How often a worker looks whether a relay lives, and how long one may be silent, in seconds.
LOOK_SECONDS = 15.0
SILENT_SECONDS = 30
#: How long a pass at the chores takes at most before it is looked again.
PASS_SECONDS = 10.0

RELAYS = "SELECT count(*) FROM work_pulse WHERE queue = %s AND seen_at > now() - make_interval(secs => %s)"


def stand_in() -> int:
    """Does what chores are due if no relay lives; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(RELAYS, [pulse.RELAY, SILENT_SECONDS])
        if cursor.fetchone()[0]:
            return 0
    log.error("No relay has shown life for %s s; this worker does the chores", SILENT_SECONDS)
    return chores.work(PASS_SECONDS)


def _stand_by(stopped: threading.Event) -> None:
    while not stopped.wait(LOOK_SECONDS):
        try:
            stand_in()
        except DatabaseError:
            log.warning("Whether a relay lives could not be asked; trying again")
        finally:
            connections.release()


def start(stopped: threading.Event) -> None:
    """Stands by from now on, in a thread of its own, until told to stop."""
    threading.Thread(target=_stand_by, args=(stopped,), name="standby", daemon=True).start()
