"""Creates and finds workspaces, and keeps the routes by which the outside reaches them."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django_tenants.utils import schema_exists

from apps.tenants.door import enter
from apps.tenants.models import RESERVED_SLUGS, Hook, Route, Workspace, check_slug


class RouteTaken(Exception):
    """The outside key is connected elsewhere already; a route is refused, never moved."""


def create_workspace(name: str, *, slug: str = "") -> Workspace:
    """Makes the row, the schema and its tables; `ready` only when all of it stands. Takes one to two seconds.

    Raises ValidationError for a slug that is reserved, malformed or taken.
    """
    workspace = Workspace(name=name, slug=slug or free_slug(name))
    with enter(None):
        check_slug(workspace.slug)
        workspace.full_clean(exclude=["schema_name"])
        workspace.save()
        build_schema(workspace)
    return workspace


def build_schema(workspace: Workspace) -> None:
    """Creates and migrates the workspace's schema; safe to repeat after an interruption."""
    with enter(None):
        if not schema_exists(workspace.schema_name):
            workspace.create_schema(check_if_exists=True, verbosity=0)
        Workspace.objects.filter(pk=workspace.pk, state=Workspace.State.SETTING_UP).update(state=Workspace.State.READY)
        workspace.refresh_from_db()


def free_slug(name: str) -> str:
    """An address made from the name that nobody has and that is not reserved: `luna-bakery`, `luna-bakery-2` …"""
    base = re.sub(r"-+", "-", slugify(name))[:34].strip("-") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 4))]
    return next(slug for slug in candidates if slug not in taken | RESERVED_SLUGS)


def active(workspace_id: int) -> Workspace | None:
    """The workspace if it exists and may work; None when unknown, unfinished or suspended."""
    return Workspace.objects.filter(pk=workspace_id, state=Workspace.State.READY).first()


def add_route(kind: str, key: str, *, workspace: Workspace, hook: Hook) -> Route:
    """Makes the outside key lead to the workspace. Raises RouteTaken when it leads somewhere already."""
    try:
        with transaction.atomic():
            return Route.objects.create(kind=kind, key=key, workspace=workspace, hook=hook)
    except IntegrityError as error:
        raise RouteTaken(f"{kind} {key} is connected to a workspace already. Disconnect it there first.") from error


def remove_route(kind: str, key: str, *, workspace: Workspace) -> None:
    """Forgets the outside key, if it is this workspace's."""
    Route.objects.filter(kind=kind, key=key, workspace=workspace).delete()
