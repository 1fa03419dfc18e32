"""`manage.py new_key`: prints a key for FIELD_ENCRYPTION_KEYS."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Makes a Fernet key."""

    help = "Prints a new key for FIELD_ENCRYPTION_KEYS. Put it first; keep the old ones behind it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the key and nothing else."""
        self.stdout.write(Fernet.generate_key().decode())
