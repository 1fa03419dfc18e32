"""What staff do to workspaces, people, deliveries and work: one transaction each, with a line in the log of changes.

Also keeps who came in and who looked at what.
"""

from collections import Counter
from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from apps import tenants
from apps.accounts import services as accounts
from apps.accounts.acting import record_everywhere
from apps.accounts.models import User
from apps.ingest import services as ingest
from apps.ingest.models import Delivery, Quarantined
from apps.staff.models import Look, Visit
from apps.tenants import services as workspaces
from apps.tenants.models import Workspace
from apps.work import services as work
from apps.work.models import WorkItem

#: Deliveries, items or pieces of work that one press of a button touches.
MOST_AT_ONCE = 1_000


def note_visit(person: User, *, address: str | None, agent: str) -> Visit:
    """Keeps that this session entered the admin."""
    return Visit.objects.create(person=person, email=person.email, address=address, agent=agent[:200])


def note_look(
    person: User, what: Look.What, subject: object = "", *, words: str = "", workspace: Workspace | None = None
) -> Look:
    """Keeps that they saw what belongs to a customer."""
    with transaction.atomic():
        if isinstance(subject, Delivery):
            _record_for([subject], "staff.read_body")
        elif workspace is not None:
            workspaces.record_in(workspace, "staff.looked")
        return Look.objects.create(
            person=person,
            email=person.email,
            what=what,
            subject=str(subject)[:200],
            words=words[:200],
            workspace=workspace,
        )


def suspend(by: User, workspace: Workspace, why: str) -> None:
    """Closes the workspace to everybody. Raises ValidationError when it is closed already."""
    with transaction.atomic():
        if not workspaces.suspend(workspace):
            raise ValidationError(_("The workspace is suspended already."))
        note_change(by, workspace, "Suspended", why)
        workspaces.record_in(workspace, "workspace.suspended")


def reactivate(by: User, workspace: Workspace, why: str) -> None:
    """Opens it again; what waited is due at once. Raises ValidationError unless it is suspended."""
    with transaction.atomic():
        if not workspaces.reactivate(workspace):
            raise ValidationError(_("The workspace is not suspended."))
        work.wake(workspace)
        if workspace.state == Workspace.State.SETTING_UP:
            accounts.have_built(workspace)
        note_change(by, workspace, "Reactivated", why)
        workspaces.record_in(workspace, "workspace.reactivated")


def deny(by: User, person: User, why: str) -> None:
    """Switches a person off and ends their sessions. Raises ValidationError for oneself, and for one who is off."""
    if person.pk == by.pk:
        raise ValidationError(_("You cannot switch yourself off. Another member of staff can."))
    with transaction.atomic():
        if not accounts.switch_off(person):
            raise ValidationError(_("This person is switched off already."))
        note_change(by, person, "Switched off", why)
        record_everywhere(person, "team.shut_out", about=True)


def let_in(by: User, person: User, why: str) -> None:
    """Lets a person sign in again. Raises ValidationError when they can."""
    with transaction.atomic():
        if not accounts.switch_on(person):
            raise ValidationError(_("This person is not switched off."))
        note_change(by, person, "Let in again", why)
        record_everywhere(person, "team.let_in", about=True)


def sign_out(by: User, person: User, why: str) -> None:
    """Ends all sessions of a person."""
    with transaction.atomic():
        ended = accounts.end_sessions(person)
        note_change(by, person, f"Signed out of {ended} browsers", why)
        record_everywhere(person, "sign_in.ended_by_staff", about=True)


def replay(by: User, deliveries: Iterable[Delivery]) -> int:
    """Has deliveries processed once more, as `manage.py replay` does; returns how many."""
    chosen = list(deliveries)
    with transaction.atomic():
        count = ingest.replay(chosen)
        for delivery in chosen:
            note_change(by, delivery, "Replayed")
        _record_for(chosen, "staff.replayed")
    return count


def dismiss(by: User, items: Iterable[Quarantined]) -> int:
    """Says of items kept aside that nothing is to be done; returns of how many that was news."""
    with transaction.atomic():
        done = [item for item in items if ingest.dismiss(item)]
        for item in done:
            note_change(by, item, "Dismissed")
    return len(done)


def make_due(by: User, items: Iterable[WorkItem]) -> int:
    """Makes work due at once, also what was set aside; returns how many."""
    chosen = list(items)
    with transaction.atomic():
        for item in chosen:
            with tenants.enter(item.workspace):
                work.make_due(item.kind, item.key, exactly=True)
            workspaces.record_in(item.workspace, "staff.made_due", name=item.kind)
            note_change(by, item, "Made due")
    return len(chosen)


def take_back(by: User, items: Iterable[WorkItem]) -> int:
    """Takes work from whoever holds it, so that others may do it; returns how many were held."""
    with transaction.atomic():
        held = [item for item in items if work.take_back(item)]
        for item in held:
            note_change(by, item, "Lease taken back")
            workspaces.record_in(item.workspace, "staff.took_back", name=item.kind)
    return len(held)


def note_change(by: User, changed: models.Model, what: str, why: str = "") -> None:
    """A line in the log of changes."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(changed),
        object_id=str(changed.pk),
        object_repr=str(changed)[:200],
        action_flag=CHANGE,
        change_message=f"{what}: {why.strip()}" if why.strip() else what,
    )


def _record_for(deliveries: Iterable[Delivery], action: str) -> None:
    """A row in each workspace whose numbers these deliveries were for: those that their hooks may speak for."""
    workspaces.record_for_hooks(Counter(delivery.hook_id for delivery in deliveries), action)
