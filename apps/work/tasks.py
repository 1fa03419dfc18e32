"""What a worker process does beside its tasks: it says that it lives."""

import os
import socket
from typing import Any

from celery.signals import worker_ready, worker_shutting_down

from apps.work import pulse


@worker_ready.connect
def start_beating(sender: Any, **_: Any) -> None:
    """Starts the beat once the worker takes tasks."""
    queue = next(iter(sender.app.amqp.queues.consume_from), "default")
    pulse.start(f"{socket.gethostname()}.{os.getpid()}", queue, int(sender.controller.concurrency))


@worker_shutting_down.connect
def stop_beating(**_: Any) -> None:
    """Lets the last beat say goodbye."""
    pulse.stop()
