"""What looks after the installation."""

from django.apps import AppConfig

from apps.core import personal


class WatchConfig(AppConfig):
    """What looks after the installation."""

    name = "apps.watch"

    def ready(self) -> None:
        """Declares which fields are about a person: none."""
        for model in ("Tally", "Span"):
            personal.declare(f"watch.{model}", impersonal=("name", "label"))
        personal.declare("watch.OpenSend", impersonal=("state",))
        personal.declare("watch.Alert", impersonal=("rule", "subject", "facts"))
        personal.declare("watch.Probe", impersonal=("chat_key",))
        personal.declare("watch.Conversed", impersonal=("visitor", "problem"))
