"""People who write to us, and which fields say who they are."""

from django.apps import AppConfig

from apps.core import personal


class ContactsConfig(AppConfig):
    """Contacts and their identities."""

    name = "apps.contacts"

    def ready(self) -> None:
        """Declares the personal fields."""
        personal.declare("contacts.Contact", personal=("name", "facts"), impersonal=("language",))
        personal.declare("contacts.Identity", personal=("value",), impersonal=("kind",))
