"""Conversations and their messages."""

from django.apps import AppConfig

from apps.core import personal


class ConversationsConfig(AppConfig):
    """Conversations and their messages."""

    name = "apps.conversations"

    def ready(self) -> None:
        """Declares which fields are about a person."""
        personal.declare("conversations.Conversation", personal=("preview",), impersonal=("ai_paused_why",))
        personal.declare(
            "conversations.Message",
            personal=("text", "content", "referral", "trouble_detail"),
            impersonal=(
                *("direction", "author", "via", "kind", "reply_to", "external_id", "state", "trouble", "trouble_code"),
                "former_ids",
            ),
        )
        personal.declare("conversations.InboxHealth", impersonal=("paused_for",))
        personal.declare("conversations.StateChange", impersonal=("state",))
