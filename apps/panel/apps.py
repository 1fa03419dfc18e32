"""The screens."""

from django.apps import AppConfig


class PanelConfig(AppConfig):
    """The screens."""

    name = "apps.panel"
