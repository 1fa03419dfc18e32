"""When people take over."""

from django.apps import AppConfig

from apps.core import personal


class HandoffConfig(AppConfig):
    """When people take over."""

    name = "apps.handoff"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("handoff.Handoff", personal=("reason",), impersonal=("state", "asked_by"))
