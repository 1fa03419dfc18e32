"""Pushes to open pages."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Pushes to open pages."""

    name = "apps.live"
