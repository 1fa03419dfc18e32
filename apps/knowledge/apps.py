"""What a bot knows."""

from django.apps import AppConfig

from apps.core import personal


class KnowledgeConfig(AppConfig):
    """What a bot knows."""

    name = "apps.knowledge"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("knowledge.Source", impersonal=("title", "text", "language", "state", "error"))
        personal.declare("knowledge.Chunk", impersonal=("text", "words", "embedder", "embedding"))
