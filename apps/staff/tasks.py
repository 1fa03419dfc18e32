"""What is done again and again for the staff's own records."""

from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.utils import timezone

from apps.staff.models import Look, Visit
from apps.work.chores import AUDIT_DAYS, DAY_SECONDS, chore


@chore("staff.keep_days", every=DAY_SECONDS)
def keep_days() -> None:
    """Who of the staff came, looked and changed what is kept as long as the workspaces' own audit logs."""
    before = timezone.now() - timedelta(days=AUDIT_DAYS)
    Visit.objects.filter(entered_at__lt=before).delete()
    Look.objects.filter(looked_at__lt=before).delete()
    LogEntry.objects.filter(action_time__lt=before).delete()
