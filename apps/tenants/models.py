"""Workspace, and the two tables by which the outside finds it: Hook (who signs) and Route (whose it is)."""

import re
import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django_tenants.models import TenantMixin

from apps.core.crypto import EncryptedField

SLUG = re.compile(r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$")
#: Never a workspace's slug: they would shadow pages, or read like Postgres's own schemas.
RESERVED_SLUGS = frozenset(
    {"public", "admin", "api", "accounts", "static", "media", "webhook", "chat", "demo", "login", "logout", "w"}
    | {"postgres", "template0", "template1", "information-schema", "leadline", "staff", "new", "workspaces"}
)


def generate_schema_name() -> str:
    """A name that nobody can choose: `w_` and 16 random hex digits."""
    return f"w_{secrets.token_hex(8)}"


def generate_hook_key() -> str:
    """The unguessable part of a hook's address."""
    return secrets.token_urlsafe(16)


def check_slug(slug: str) -> None:
    """Raises ValidationError unless the slug can stand in an address and is not reserved."""
    if not SLUG.fullmatch(slug):
        raise ValidationError(
            f"“{slug}” cannot be a workspace's address. Use 1 to 40 small letters, digits and hyphens."
        )
    if slug in RESERVED_SLUGS or slug.startswith("pg-"):
        raise ValidationError(f"“{slug}” is reserved. Choose another address.")


class Workspace(TenantMixin):
    """One business. Its schema is made by a service, never by saving, and never dropped by deleting the row."""

    class State(models.TextChoices):
        SETTING_UP = "setting_up", "Setting up"
        READY = "ready", "Ready"
        SUSPENDED = "suspended", "Suspended"

    auto_create_schema = False
    auto_drop_schema = False

    schema_name = models.CharField(max_length=63, unique=True, default=generate_schema_name, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[check_slug])
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=20, choices=State, default=State.SETTING_UP)
    progress = models.PositiveSmallIntegerField(default=0)  # percent, while it is being set up
    step = models.CharField(max_length=40, blank=True)  # the app whose tables are being made
    problem = models.CharField(max_length=80, blank=True)  # the kind of error at which the last try ended
    created_at = models.DateTimeField(auto_now_add=True)
    time_zone = models.CharField(max_length=64, blank=True, default="")  # the business's; empty: the installation's
    #: The picture's name in the storage, empty for none; business.set_logo alone writes it.
    logo = models.CharField(max_length=200, blank=True, default="", editable=False)
    reopened_at = models.DateTimeField(null=True, editable=False)  # when its last suspension ended
    active_at = models.DateTimeField(null=True, editable=False)  # when somebody last wrote to it or worked in it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^w_[0-9a-f]{16}$"), name="workspace_schema_generated"
            ),
            models.CheckConstraint(condition=models.Q(slug__regex=SLUG.pattern), name="workspace_slug_readable"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_version(self) -> str:
        """Changes with the picture, so that a browser may keep each for long."""
        return self.logo.rpartition("/")[2].partition(".")[0][:12]

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuses: a workspace is dropped by an audited erase, not by deleting its row."""
        raise RuntimeError("A workspace is not deleted through its row.")


class Hook(models.Model):
    """An address where a vendor posts to us, and the secrets that prove it is that vendor. Serves many inboxes."""

    provider = models.CharField(max_length=40)
    key = models.CharField(max_length=60, default=generate_hook_key)
    #: One per line; several while a secret is being rotated.
    secrets = EncryptedField(context="hook.secrets", bound_to=("provider", "key"))
    verify_token = EncryptedField(context="hook.verify_token", bound_to=("provider", "key"))
    #: Websites whose pages may call, one per line; only kinds that browsers post to have any.
    origins = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "key"], name="hook_address")]

    def __str__(self) -> str:
        return f"{self.provider} hook {self.pk}"

    @property
    def secret_list(self) -> tuple[str, ...]:
        """The signing secrets, without empty ones."""
        return tuple(line.strip() for line in self.secrets.splitlines() if line.strip())

    @property
    def origin_list(self) -> tuple[str, ...]:
        """The websites whose pages may call."""
        return tuple(self.origins.split())


class Route(models.Model):
    """Whose an outside key is: (kind, key) to workspace, and the hook that may speak for it."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="routes")
    hook = models.ForeignKey(Hook, on_delete=models.PROTECT, related_name="routes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="route_taken_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
