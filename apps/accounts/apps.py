"""People and their roles."""

from django.apps import AppConfig

from apps.accounts import SEALED, SECOND_FACTOR
from apps.core import crypto, personal


class AccountsConfig(AppConfig):
    """Users and memberships."""

    name = "apps.accounts"

    def ready(self) -> None:
        """Declares which fields are about a person, and where second factors keep what is sealed."""
        crypto.seals_within("mfa.Authenticator", "data", SEALED, SECOND_FACTOR, bound_to=("user_id",))
        personal.declare("accounts.User", personal=("email", "name"), impersonal=("password",))
        personal.declare("accounts.Membership", impersonal=("role",))
        personal.declare("accounts.Invitation", personal=("email",), impersonal=("role", "digest"))
        personal.declare("accounts.ApiKey", impersonal=("name", "prefix", "last_four", "digest", "scopes"))
