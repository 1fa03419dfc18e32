"""The heartbeat of the hands: each worker process says every second that it lives and how many hands it has."""

import logging
import threading

from django.db import DatabaseError, connection

from apps.core import connections
from apps.work.models import Pulse

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
_stopped = threading.Event()


def beat(process: str, queue: str, hands: int) -> None:
    """Writes one sign of life, on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO work_pulse (process, queue, hands, seen_at) VALUES (%s, %s, %s, now()) "
            "ON CONFLICT (process) DO UPDATE SET queue = excluded.queue, hands = excluded.hands, seen_at = now()",
            [process, queue, hands],
        )


def free_hands(queue: str, kinds: list[str]) -> int | None:
    """Hands of the queue that live and hold no item; None when no process of it has shown life for 5 s."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT sum(hands) FROM work_pulse WHERE queue = %s AND seen_at > now() - interval '5 seconds'), "
            "(SELECT count(*) FROM work_workitem WHERE kind = ANY(%s) AND lease_until > now())",
            [queue, kinds],
        )
        hands, busy = cursor.fetchone()
    return None if hands is None else max(int(hands) - int(busy), 0)


def forget_dead() -> None:
    """Removes processes unseen for an hour, so that restarts leave no litter."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM work_pulse WHERE seen_at < now() - interval '1 hour'")


def _keep_beating(process: str, queue: str, hands: int) -> None:
    while not _stopped.wait(BEAT_SECONDS):
        try:
            beat(process, queue, hands)
        except DatabaseError:
            log.warning("Could not write the worker's sign of life; trying again")
            connection.close()
    Pulse.objects.filter(process=process).delete()
    connection.close()


def start(process: str, queue: str, hands: int) -> None:
    """Beats from now on, in a thread of its own."""
    beat(process, queue, hands)
    connections.release()
    threading.Thread(target=_keep_beating, args=(process, queue, hands), name="pulse", daemon=True).start()


def stop() -> None:
    """Ends the beat; the process is forgotten at once."""
    _stopped.set()
