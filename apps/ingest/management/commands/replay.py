"""`manage.py replay --delivery 7` or `--quarantined`: processes deliveries once more."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.ingest.models import Delivery
from apps.ingest.search import with_something_aside
from apps.ingest.services import replay
from apps.tenants.services import record_for_hooks


class Command(BaseCommand):
    """Puts deliveries back to the waiting ones; what already had its effect has none again."""

    help = "Processes stored deliveries once more, e.g. after a number was connected."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One delivery, or all with something kept aside."""
        parser.add_argument("--delivery", type=int)
        parser.add_argument("--quarantined", action="store_true", help="all that hold quarantined or unreadable items")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints how many were put back."""
        if options["delivery"]:
            chosen = Delivery.objects.filter(pk=options["delivery"])
        elif options["quarantined"]:
            chosen = with_something_aside()
        else:
            raise CommandError("Say which: --delivery ID or --quarantined.")
        deliveries = list(chosen.only("pk", "hook"))
        with transaction.atomic():
            count = replay(deliveries)
            record_for_hooks(Counter(delivery.hook_id for delivery in deliveries), "staff.replayed")
        self.stdout.write(f"{count} deliveries will be processed again")
