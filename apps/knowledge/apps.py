"""What a bot knows."""

from django.apps import AppConfig

from apps.core import personal


class KnowledgeConfig(AppConfig):
    """What a bot knows."""

    name = "apps.knowledge"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare(
            "knowledge.Source",
            impersonal=(
                *("kind", "title", "text", "address", "file", "file_name", "language", "state", "error", "robots"),
            ),
        )
        personal.declare("knowledge.Page", impersonal=("address", "title", "digest", "state", "problem", "detail"))
        personal.declare("knowledge.Chunk", impersonal=("headings", "text", "words", "embedder", "embedding"))
        personal.declare("knowledge.Fact", impersonal=("kind", "thing", "value", "said"))
