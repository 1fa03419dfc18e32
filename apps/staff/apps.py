"""The staff's screens."""

from django.apps import AppConfig

from apps.core import personal


class StaffConfig(AppConfig):
    """The staff's screens."""

    name = "apps.staff"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("staff.Visit", personal=("email", "address", "agent"))
        personal.declare("staff.Look", personal=("email", "subject", "words"), impersonal=("what",))
