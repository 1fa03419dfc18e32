"""The AI reply."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """The AI reply."""

    name = "apps.assistant"
