"""How webhooks come in."""

from django.apps import AppConfig

from apps.core import personal


class IngestConfig(AppConfig):
    """How webhooks come in."""

    name = "apps.ingest"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("ingest.Delivery", personal=("body", "headers"), impersonal=("lane", "state", "error"))
        personal.declare("ingest.Quarantined", impersonal=("why", "detail"))
