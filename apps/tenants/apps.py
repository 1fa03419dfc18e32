"""Gives the event door its carrier: news published in a workspace is heard in it."""

from django.apps import AppConfig

from apps.core import events, personal
from apps.tenants.door import carry


class TenantsConfig(AppConfig):
    """Workspaces."""

    name = "apps.tenants"

    def ready(self) -> None:
        """Registers the carrier and the fields of these tables that hold nobody's data."""
        events.carry_with(carry)
        personal.declare(
            "tenants.Workspace",
            impersonal=("schema_name", "slug", "name", "state", "step", "problem", "time_zone", "logo"),
        )
        personal.declare("tenants.Hook", impersonal=("provider", "key", "secrets", "verify_token", "origins"))
        personal.declare("tenants.Route", impersonal=("kind", "key"))
