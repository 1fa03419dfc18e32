"""User, known by e-mail address; Membership: a user's role in a workspace; Invitation to become a member; ApiKey."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Workspace


class UserManager(BaseUserManager["User"]):
    """Makes users without a username."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user with this address, without a usable password unless one is given."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. May belong to several workspaces."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    """What a person is in a workspace; `roles.CAN` says what each may do."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    EDITOR = "editor", _("Editor")
    SUPERVISOR = "supervisor", _("Supervisor")
    VENDOR = "vendor", _("Vendor")
    VIEWER = "viewer", _("Viewer")


class Membership(models.Model):
    """A user's role in a workspace."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    added_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")  # who invited them
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True)  # since then they may do nothing here
    last_seen_at = models.DateTimeField(null=True)  # when a page of theirs last asked; to the minute

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "workspace"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.workspace} ({self.role})"

    @property
    def active(self) -> bool:
        """Whether they may come in at all."""
        return self.deactivated_at is None


class Invitation(models.Model):
    """A way into a workspace for whoever has the address. The token itself is nowhere: `digest` is its SHA-256.

    An address has at most one open invitation to a workspace; inviting it again renews that one.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()  # in small letters
    role = models.CharField(max_length=20, choices=Role)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True)  # None: the newest link could not be sent
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
            )
        ]
        indexes = [models.Index(fields=["email"], name="invitation_of_whom")]

    def __str__(self) -> str:
        return f"Invitation {self.pk} to {self.workspace} ({self.role})"


class ApiKey(models.Model):
    """What lets a program into a workspace's API. The token itself is nowhere: `digest` is its SHA-256."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=20)  # how the token begins
    last_four = models.CharField(max_length=4)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40))  # api_keys.SCOPES
    maker = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)  # to the minute
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-id"], name="api_key_newest")]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def shown(self) -> str:
        """As much of the token as may be seen."""
        return f"{self.prefix}…{self.last_four}"
