"""What a worker process does beside its tasks: it says that it lives, and stands in for a relay that does not."""

import gc
import os
import socket
import sys
import threading
from typing import Any

from celery.signals import worker_process_init, worker_process_shutdown, worker_ready, worker_shutting_down

from apps.core import flushing
from apps.work import chores, pulse, standby

__all__ = [
    "chores",
    "keep_nothing",
    "keep_what_is_loaded",
    "start_beating",
    "stop_beating",
]  # importing the chores registers them

#: Seconds a thread computes before another may. Python's 5 ms would add up over the hundred questions to Postgres of a
#: turn, because after each the thread waits for those that compute.
SWITCH_SECONDS = 0.001

#: Objects made and not yet freed before garbage is looked for: a turn makes some thousands, and few refer in circles.
GARBAGE = 10_000

_shutting_down = threading.Event()


@worker_ready.connect
def start_beating(sender: Any, **_: Any) -> None:
    """Starts the beat once the worker takes tasks."""
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_what_is_loaded()
    queue = next(iter(sender.app.amqp.queues.consume_from), "default")
    pulse.start(f"{socket.gethostname()}.{os.getpid()}", queue, int(sender.controller.concurrency))
    standby.start(_shutting_down)


@worker_process_init.connect
def keep_what_is_loaded(**_: Any) -> None:
    """What is loaded by now stays to the end: to look through it for garbage was a tenth of a turn's computing."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


@worker_shutting_down.connect
def stop_beating(**_: Any) -> None:
    """Lets the last beat say goodbye."""
    _shutting_down.set()
    pulse.stop()


@worker_process_shutdown.connect
def keep_nothing(**_: Any) -> None:
    """A child of the worker ends without Python's `atexit`."""
    flushing.finish()
