"""What members are told while they are not looking."""

from django.apps import AppConfig

from apps.core import personal


class NoticesConfig(AppConfig):
    """What members are told while they are not looking."""

    name = "apps.notices"

    def ready(self) -> None:
        """Declares which fields are about a person: none, a notice only points to what it is about."""
        personal.declare("notices.Notice", impersonal=("kind", "subject", "detail"))
        personal.declare("notices.Choice", impersonal=("kind",))
