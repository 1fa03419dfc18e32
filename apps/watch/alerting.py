"""Keeps a row per trouble: raised when it is found, kept while it lasts, cleared when it is over."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from apps.watch.facts import Facts
from apps.watch.models import Alert
from apps.watch.rules import Finding, Rule

#: Alerts that are over are kept so long.
KEPT = timedelta(days=90)
#: Troubles of one rule that are kept apart; more of the same say nothing new.
MOST = 100
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('watch.look', 0))"


def look(rules: Sequence[Rule], facts: Facts) -> None:
    """Finds what there is of these rules, and writes what is new, what lasts and what is over, all or nothing."""
    found = {rule: list(rule.find(facts))[:MOST] for rule in rules}
    now = timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ALONE)
        for rule, findings in found.items():
            _keep(rule, findings, now)


def _keep(rule: Rule, findings: Sequence[Finding], now: datetime) -> None:
    lasting = {alert.subject: alert for alert in Alert.objects.filter(rule=rule.name, cleared_at=None)}
    for finding in findings:
        alert = lasting.pop(finding.subject, None) or Alert(
            rule=rule.name, subject=finding.subject, workspace_id=finding.workspace_id, raised_at=now
        )
        alert.facts, alert.seen_at = dict(finding.facts), now
        alert.save()
    for alert in lasting.values():
        if alert.seen_at <= now - rule.calm:
            alert.cleared_at = now
            alert.save(update_fields=["cleared_at"])


def forget_old(now: datetime) -> None:
    """Deletes what was over long ago."""
    Alert.objects.filter(cleared_at__lt=now - KEPT).delete()
