"""`manage.py show_limits`: the limits and windows of the message path, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from apps.dialogue.limits import in_force


class Command(BaseCommand):
    """Prints what is in force."""

    help = "Prints the limits and windows of the message path as one JSON object."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line."""
        self.stdout.write(json.dumps(in_force()))
