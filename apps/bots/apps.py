"""Bots, and how many there are."""

from django.apps import AppConfig

from apps.core import limits, personal


class BotsConfig(AppConfig):
    """What answers for a business."""

    name = "apps.bots"

    def ready(self) -> None:
        """Registers the count of bots for plan limits, and fields that hold nobody's data."""
        limits.count_with("bots", self.get_model("Bot")._default_manager.count)
        personal.declare(
            "bots.Bot",
            impersonal=(
                *(
                    "name",
                    "business",
                    "persona",
                    "tone",
                    "language",
                    "region",
                    "provider",
                    "model",
                    "api_key",
                    "fallback",
                ),
            ),
        )
        personal.declare("bots.BotChange", impersonal=("bot_name", "what", "fields"))
