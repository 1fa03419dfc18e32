"""Makes users and members."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from apps.accounts.models import Membership, Role, User
from apps.tenants.models import Workspace


def add_member(workspace: Workspace, *, email: str, role: Role, name: str = "") -> Membership:
    """Gives the person with this address a role in the workspace, making the user when new."""
    with transaction.atomic():
        nobody_knows = make_password(None)  # people sign in by a code
        user, _ = User.objects.get_or_create(
            email=email.strip().lower(), defaults={"name": name, "password": nobody_knows}
        )
        membership, _ = Membership.objects.update_or_create(user=user, workspace=workspace, defaults={"role": role})
    return membership


def membership_of(user_id: int | None, workspace: Workspace) -> Membership | None:
    """The active user's membership in the workspace; None for strangers and nobody."""
    if user_id is None:
        return None
    return (
        Membership.objects.select_related("user")
        .filter(user_id=user_id, workspace=workspace, user__is_active=True)
        .first()
    )


def memberships_of(user_id: int | None) -> list[Membership]:
    """The workspaces a user belongs to, by name; none for nobody."""
    if user_id is None:
        return []
    return list(Membership.objects.filter(user_id=user_id).select_related("workspace").order_by("workspace__name"))
