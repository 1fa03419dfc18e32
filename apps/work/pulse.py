"""The heartbeat of the hands: each worker process says every second that it lives and how many hands it has."""

import logging
import threading
from typing import Any

from django.db import DatabaseError, connection

from apps.core import connections
from apps.core.statements import Statement
from apps.work.hearing import AWAY_SECONDS
from apps.work.models import Pulse

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
#: The queue under which relays show that they live.
RELAY = "relay"
#: A beat after a gap, or one that says so (`deaf`), begins a new time without gaps. The intake sends it itself.
BEAT = """
INSERT INTO public.work_pulse AS p (process, queue, hands, seen_at, since, gap)
VALUES (%(process)s, %(queue)s::varchar, %(hands)s, clock_timestamp(), clock_timestamp(), coalesce((
  SELECT extract(epoch FROM clock_timestamp() - max(seen_at)) FROM public.work_pulse
  WHERE queue = %(queue)s::varchar), 0))
ON CONFLICT (process) DO UPDATE SET queue = excluded.queue, hands = excluded.hands, seen_at = excluded.seen_at,
  since = CASE WHEN %(deaf)s OR excluded.seen_at - p.seen_at > make_interval(secs => %(away)s)
               THEN excluded.seen_at ELSE p.since END,
  gap = CASE WHEN excluded.seen_at - p.seen_at > make_interval(secs => %(away)s)
             THEN extract(epoch FROM excluded.seen_at - p.seen_at) ELSE p.gap END
"""
FREE = Statement("""
SELECT (SELECT sum(hands) FROM work_pulse WHERE queue = %s AND seen_at > now() - interval '5 seconds'),
       (SELECT count(*) FROM work_workitem WHERE kind = ANY(%s::text[]) AND lease_until > now())
""")
_stopped = threading.Event()


def beat(process: str, queue: str, hands: int, *, deaf: bool = False) -> None:
    """Writes one sign of life, on the database's clock. `deaf`: it lives, but could not do its work just now."""
    with connection.cursor() as cursor:
        cursor.execute(BEAT, said(process, queue, hands, deaf=deaf))


def said(process: str, queue: str, hands: int, *, deaf: bool) -> dict[str, Any]:
    """What BEAT is told."""
    return {"process": process, "queue": queue, "hands": hands, "deaf": deaf, "away": AWAY_SECONDS}


def free_hands(queue: str, kinds: list[str]) -> int | None:
    """Hands of the queue that live and hold no item; None when no process of it has shown life for 5 s."""
    ((hands, busy),) = FREE.rows([queue, kinds])
    return None if hands is None else max(int(hands) - int(busy), 0)


def forget(process: str) -> None:
    """The process says goodbye."""
    Pulse.objects.filter(process=process).delete()


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
    forget(process)
    connection.close()


def start(process: str, queue: str, hands: int) -> None:
    """Beats from now on, in a thread of its own."""
    beat(process, queue, hands)
    connections.release()
    threading.Thread(target=_keep_beating, args=(process, queue, hands), name="pulse", daemon=True).start()


def stop() -> None:
    """Ends the beat; the process is forgotten at once."""
    _stopped.set()
