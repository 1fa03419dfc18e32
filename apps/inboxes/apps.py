"""Inboxes, and how many there are."""

from django.apps import AppConfig

from apps.core import limits, personal


class InboxesConfig(AppConfig):
    """What a business connected."""

    name = "apps.inboxes"

    def ready(self) -> None:
        """Registers the count of inboxes for plan limits, and fields that hold nobody's data."""
        inboxes = self.get_model("Inbox")._default_manager
        limits.count_with("inboxes", lambda: inboxes.exclude(state="disconnected").exclude(hidden=True).count())
        personal.declare(
            "inboxes.Inbox",
            impersonal=("provider", "external_key", "account_key", "name", "address", "token", "state", "trouble"),
        )
        personal.declare("inboxes.Widget", impersonal=("title", "colour", "greeting", "offline_text"))
