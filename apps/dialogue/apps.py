"""What an inbound message causes."""

from django.apps import AppConfig

from apps.core import personal


class DialogueConfig(AppConfig):
    """What an inbound message causes."""

    name = "apps.dialogue"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare(
            "dialogue.Turn", personal=("grounding",), impersonal=("outcome", "detail", "passages", "model", "prompt")
        )
        personal.declare("dialogue.Memo", personal=("answer",), impersonal=("key",))
