"""`manage.py relay`: rings for what is due. Run one or more; each is harmless beside the others."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from apps.work.relay import Relay


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT."""

    help = "Looks every 100 ms at what is due and rings the workers."

    def handle(self, *args: Any, **options: Any) -> None:
        """Starts the relay and lets a signal end it after the item at hand."""
        relay = Relay()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop.set())
        self.stderr.write("relay: looking at what is due")
        relay.run()
