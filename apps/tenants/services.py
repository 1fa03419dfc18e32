"""Creates and finds workspaces, and keeps the routes by which the outside reaches them."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, Value, When
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.text import slugify

from apps.core import audit
from apps.core.events import publish
from apps.core.statements import Statement, columns
from apps.tenants import building
from apps.tenants.door import enter
from apps.tenants.events import WorkspaceSuspended
from apps.tenants.models import RESERVED_SLUGS, Hook, Route, Workspace, check_slug

#: Percent done of a workspace that has all its tables.
FINISHED = 100
#: `active_at` is written at most this often, so that a page or a message does not mean a write to a shared row.
ACTIVE_EVERY = timedelta(minutes=10)


class RouteTaken(Exception):
    """The outside key is connected elsewhere already; a route is refused, never moved."""


def create_workspace(name: str, *, slug: str = "") -> Workspace:
    """Makes the row, the schema and its tables; `ready` only when all of it stands. Takes one to two seconds.

    Raises ValidationError for a slug that is reserved, malformed or taken.
    """
    workspace = reserve_workspace(name, slug=slug)
    build_workspace(workspace)
    return workspace


def reserve_workspace(name: str, *, slug: str = "") -> Workspace:
    """Makes the row alone: the address is taken, and nothing stands behind it yet.

    Raises ValidationError for a slug that is reserved, malformed or taken.
    """
    with enter(None):
        workspace = Workspace(name=name, slug=slug or free_slug(name))
        check_slug(workspace.slug)
        workspace.full_clean(exclude=["schema_name"])
        try:
            with transaction.atomic():
                workspace.save()
        except IntegrityError as error:
            taken = f"“{workspace.slug}” was taken a moment ago. Choose another address."
            raise ValidationError({"slug": taken}) from error
    return workspace


def build_workspace(workspace: Workspace, *, beat: Callable[[], None] = lambda: None) -> None:
    """Makes schema and tables, showing on the row how far it is; `ready` at the end. May be repeated, at any time.

    `beat` is called at every step and may stop the build by raising. Raises BeingBuilt when somebody else is at
    it, and what Postgres raises; the row then says that there was a problem.
    """
    row = Workspace.objects.filter(pk=workspace.pk, state=Workspace.State.SETTING_UP)

    def report(percent: int, step: str) -> None:
        beat()
        row.update(progress=percent, step=step[:40], problem="")

    try:
        building.build(workspace, report)
    except building.BeingBuilt:
        raise
    except Exception as error:
        with enter(None):
            row.update(problem=type(error).__name__[:80])
        raise
    with transaction.atomic():
        with enter(None):
            finished = row.update(state=Workspace.State.READY, progress=FINISHED, step="", problem="")
            workspace.refresh_from_db()
        if finished:
            record_in(workspace, "workspace.created", name=workspace.name)


def record_in(workspace: Workspace, action: str, *, name: str = "", changes: audit.Changes = audit.NOTHING) -> None:
    """Writes what was done to a workspace from outside into its own audit log; one that has no tables yet has none."""
    if workspace.progress == FINISHED:
        with enter(workspace):
            audit.record(action, workspace, name=name, changes=changes)


def record_for_hooks(counts: Mapping[int, int], action: str) -> None:
    """A row in each workspace that these hooks may speak for, with how many webhooks of its hooks it was about."""
    routes = Route.objects.filter(hook__in=counts).values_list("workspace", "hook").distinct()
    by_workspace: Counter[int] = Counter()
    for workspace_id, hook_id in routes:
        by_workspace[workspace_id] += counts[hook_id]
    for workspace in Workspace.objects.filter(pk__in=by_workspace).order_by("pk"):
        record_in(workspace, action, changes={"count": ["", by_workspace[workspace.pk]]})


def free_slug(name: str) -> str:
    """An address made from the name that nobody has and that is not reserved: `luna-bakery`, `luna-bakery-2` …"""
    base = re.sub(r"-+", "-", slugify(name))[:34].strip("-") or "workspace"
    taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 4))]
    return next(slug for slug in candidates if slug not in taken | RESERVED_SLUGS)


WORKSPACE = Statement(f"SELECT {columns(Workspace)} FROM tenants_workspace WHERE id = %s")  # noqa: S608  # nosec B608  # ours


def active(workspace_id: int) -> Workspace | None:
    """The workspace if it exists and may work; None when unknown, unfinished or suspended."""
    found = WORKSPACE.objects(Workspace, [workspace_id])
    return found[0] if found and found[0].state == Workspace.State.READY else None


def existing(workspace_id: int) -> Workspace | None:
    """The workspace if it exists and is not suspended, finished or not."""
    return Workspace.objects.filter(pk=workspace_id).exclude(state=Workspace.State.SUSPENDED).first()


def suspend(workspace: Workspace) -> bool:
    """Closes the workspace to everybody at once: pages, sockets, API, webhooks and work. False when it was already.

    Nothing is deleted. What arrives meanwhile is kept aside, what was due waits.
    """
    kind = PositiveSmallIntegerField()
    finished = Case(When(state=Workspace.State.READY, then=Value(FINISHED)), default=F("progress"), output_field=kind)
    with enter(None), transaction.atomic():
        row = Workspace.objects.filter(pk=workspace.pk).exclude(state=Workspace.State.SUSPENDED)
        done = bool(row.update(state=Workspace.State.SUSPENDED, progress=finished))
        if done:
            publish(WorkspaceSuspended(workspace.pk))
        workspace.refresh_from_db()
    return done


def reactivate(workspace: Workspace) -> bool:
    """Opens a suspended workspace again; one that was never finished is set up on. False when it was not suspended."""
    state = Workspace.State.READY if workspace.progress == FINISHED else Workspace.State.SETTING_UP
    suspended = Workspace.objects.filter(pk=workspace.pk, state=Workspace.State.SUSPENDED)
    done = bool(suspended.update(state=state, reopened_at=Now()))
    workspace.refresh_from_db()
    return done


def note_activity(workspace: Workspace) -> None:
    """Remembers, to ten minutes, that somebody writes to the workspace or works in it."""
    now = timezone.now()
    if workspace.active_at is None or workspace.active_at < now - ACTIVE_EVERY:
        stale = Q(active_at=None) | Q(active_at__lt=now - ACTIVE_EVERY)
        Workspace.objects.filter(stale, pk=workspace.pk).update(active_at=now)


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
