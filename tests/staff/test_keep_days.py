"""The staff's own records are kept as long as the workspaces' audit logs."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.utils import timezone

from apps.accounts.models import User
from apps.staff.models import Look, Visit
from apps.staff.services import note_change, note_look, note_visit
from apps.staff.tasks import keep_days
from apps.tenants.models import Workspace


def test_visits_looks_and_changes_are_kept_400_days(workspace: Workspace) -> None:
    person = User.objects.create_user("staff@leadline.example")
    kept: list[object] = []
    for days in (401, 399):
        when = timezone.now() - timedelta(days=days)
        visit = note_visit(person, address="127.0.0.1", agent="Firefox")
        look = note_look(person, Look.What.PERSON, "somebody")
        note_change(person, workspace, "Suspended")
        change = LogEntry.objects.latest("pk")
        Visit.objects.filter(pk=visit.pk).update(entered_at=when)
        Look.objects.filter(pk=look.pk).update(looked_at=when)
        LogEntry.objects.filter(pk=change.pk).update(action_time=when)
        kept = [visit, look, change]
    keep_days()
    assert [Visit.objects.get(), Look.objects.get(), LogEntry.objects.get()] == kept
