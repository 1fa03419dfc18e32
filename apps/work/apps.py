"""Wires the workers' heartbeat."""

from django.apps import AppConfig

from apps.core import personal


class WorkConfig(AppConfig):
    """What is due, for whom."""

    name = "apps.work"

    def ready(self) -> None:
        """Declares that none of these fields holds personal data."""
        personal.declare("work.WorkItem", impersonal=("kind", "key", "error", "slot"))
        personal.declare("work.Chore", impersonal=("name", "error"))
        personal.declare("work.Bucket", impersonal=("name",))
        personal.declare("work.Rate", impersonal=("digest",))
        personal.declare("work.Shared", impersonal=("digest", "value"))
        personal.declare("work.Pulse", impersonal=("process", "queue"))
