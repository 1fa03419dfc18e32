"""The sales records."""

from django.apps import AppConfig

from apps.core import personal


class LeadsConfig(AppConfig):
    """The sales records."""

    name = "apps.leads"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("leads.Lead", personal=("fields",), impersonal=("stage", "asked"))
