"""`manage.py rotate_keys`: seals every secret anew with the first of FIELD_ENCRYPTION_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.tenants.resealing import Counts, reseal_all


class Command(BaseCommand):
    """May run beside everything else, be broken off, and be started again."""

    help = "Seals every encrypted value anew with the first of FIELD_ENCRYPTION_KEYS, so that the others can go."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Looking alone changes nothing."""
        parser.add_argument("--check", action="store_true", help="only count what still needs an old key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the counts per schema. Ends with 1 when something still needs an old key or opens with none."""
        total = Counts()
        for schema, counts in reseal_all(write=not options["check"]):
            if counts.old or counts.lost:
                self.stdout.write(f"{schema}: {_said(counts)}")
            total += counts
        self.stdout.write(f"all: {_said(total)}")
        for where in total.lost:
            self.stderr.write(f"{where} opens with no key that is in FIELD_ENCRYPTION_KEYS")
        if total.left:
            raise CommandError(f"{total.left} values are not sealed by the first key yet. Keep the old keys.")


def _said(counts: Counts) -> str:
    return (
        f"{counts.seen} values, {counts.old} of them old, {counts.renewed} sealed anew, "
        f"{len(counts.lost)} that no key opens"
    )
