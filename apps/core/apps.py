"""Wires the HTTP door to the log that owners read, and finds what the apps register."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from apps.core import exchanges, http, personal


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "apps.core"

    def ready(self) -> None:
        """Registers the recorder of exchanges, then imports every app's actions, subscribers and kinds of work."""
        http.recorders.append(exchanges.record)
        personal.declare("core.Exchange", impersonal=("method", "url", "error"))
        autodiscover_modules("actions", "subscribers", "tasks")
