"""Gives the event door its carrier: news published in a workspace is heard in it; says whose a sealed value is."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from apps.core import bound, crypto, events, personal
from apps.tenants.checks import hooks_have_secrets
from apps.tenants.door import carry, schema
from apps.tenants.guard import owner_of


class TenantsConfig(AppConfig):
    """Workspaces."""

    name = "apps.tenants"

    def ready(self) -> None:
        """Registers the carrier, whose sealed values are, and the fields of these tables that hold nobody's data."""
        events.carry_with(carry)
        register(hooks_have_secrets, Tags.database, deploy=True)
        bound.tell_with(lambda: {"workspace": schema()})
        crypto.own_with(owner_of)
        personal.declare(
            "tenants.Workspace",
            impersonal=("schema_name", "slug", "name", "state", "step", "problem", "time_zone", "logo"),
        )
        personal.declare("tenants.Hook", impersonal=("provider", "key", "secrets", "verify_token", "origins"))
        personal.declare("tenants.Route", impersonal=("kind", "key"))
