"""Wires the HTTP door to the log that owners read, and finds what the apps register."""

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules

from apps.core import exchanges, http, personal, reporting


class CoreConfig(AppConfig):
    """The ground floor."""

    name = "apps.core"

    def ready(self) -> None:
        """Starts the reporting of errors, then imports every app's actions, subscribers and kinds of work."""
        reporting.start(settings.SENTRY_DSN)
        http.recorders.append(exchanges.record)
        personal.declare("core.Exchange", impersonal=("method", "url", "error"))
        personal.declare(
            "core.AuditRow",
            personal=("actor_name", "address", "subject_name", "changes"),
            impersonal=("actor_kind", "action", "subject_kind"),
        )
        autodiscover_modules("actions", "subscribers", "tasks")
