"""Tells people of alerts: those who run the installation by e-mail, a workspace's managers by their bell.

Each is told once, again after hours while it lasts, and when it is over. What could not be sent is tried again.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps import tenants
from apps.core import connections
from apps.core.mail_headers import one_line
from apps.notices.kinds import KINDS
from apps.notices.recipients import users_for
from apps.notices.services import notify, settle
from apps.tenants.models import Workspace
from apps.watch.models import Alert
from apps.watch.rules import BY_NAME
from apps.watch.words import words_of

log = logging.getLogger(__name__)

#: Seconds for reaching the mail server and for each answer of it.
TIMEOUT = 15
#: Alerts that one e-mail tells; the others come with the next.
MOST = 20


def tell() -> None:
    """Tells what is to be told now. Raises what the mail server's refusal raises; nothing counts as told then."""
    _tell_workspaces()
    now = timezone.now()
    Alert.objects.filter(cleared_at__isnull=False, told_at=None, over_told_at=None).update(over_told_at=now)
    new, over = _to_tell(now)
    if not new and not over:
        return
    for alert in new:
        log.error("Alert %s: %s is so since %s", alert.pk, alert, alert.raised_at.isoformat(timespec="seconds"))
    for alert in over:
        log.warning("Alert %s is over: %s", alert.pk, alert)
    people = settings.ALERT_EMAILS or settings.ADMIN_EMAILS
    if people:
        message = _message(people, new, over)
        connections.release()
        message.send()
    for alert in new:
        alert.told_at, alert.times_told = now, alert.times_told + 1
    for alert in over:
        alert.over_told_at = now
    Alert.objects.bulk_update([*new, *over], ["told_at", "times_told", "over_told_at"])


def _to_tell(now: datetime) -> tuple[list[Alert], list[Alert]]:
    """What lasts and is new or was told long ago; and what was told and is over."""
    lasting = Alert.objects.filter(cleared_at=None).select_related("workspace").order_by("raised_at", "pk")
    new = [alert for alert in lasting if _is_due(alert, now)][:MOST]
    ended = Alert.objects.filter(cleared_at__isnull=False, told_at__isnull=False, over_told_at=None)
    return new, list(ended.select_related("workspace").order_by("raised_at", "pk")[:MOST])


def _is_due(alert: Alert, now: datetime) -> bool:
    rule = BY_NAME.get(alert.rule)
    if rule is None or alert.seen_at - alert.raised_at < rule.patience:
        return False
    return alert.told_at is None or alert.told_at <= now - rule.again


def _message(people: Sequence[str], new: Sequence[Alert], over: Sequence[Alert]) -> EmailMessage:
    told = [(alert, words_of(alert)) for alert in new]
    ended = [(alert, words_of(alert)) for alert in over]
    first = told[0][1].title if told else _("Over: %(what)s") % {"what": ended[0][1].title}
    more = len(new) + len(over) - 1
    rest = ngettext(", and %(count)d more", ", and %(count)d more", more) % {"count": more} if more else ""
    context = {"told": told, "over": ended, "base": settings.BASE_URL}
    return EmailMessage(
        one_line(f"[Leadline] {first}{rest}"),
        render_to_string("watch/email/alert.txt", context),
        to=list(people),
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT),
        headers={"Message-ID": _message_id(new, over), "Auto-Submitted": "auto-generated"},
    )


def _message_id(new: Sequence[Alert], over: Sequence[Alert]) -> str:
    """The same for the same news: one that is sent twice, because a worker died after it, shows once."""
    about = [f"{alert.pk}.{alert.times_told}" for alert in new] + [f"{alert.pk}.over" for alert in over]
    digest = hashlib.sha256("/".join(about).encode()).hexdigest()[:40]
    return f"<watch.{digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def _tell_workspaces() -> None:
    """What concerns a workspace's inbox is in its managers' bells while it lasts."""
    named = [rule.name for rule in BY_NAME.values() if rule.notice]
    mine = Alert.objects.filter(rule__in=named, workspace__state=Workspace.State.READY).select_related("workspace")
    for alert in mine.filter(cleared_at=None, noticed_at=None):
        kind, inbox = KINDS[BY_NAME[alert.rule].notice], int(alert.facts["inbox"])
        with tenants.enter(alert.workspace):
            notify(kind, users_for(kind), subject=_subject(alert), inbox_id=inbox)
        Alert.objects.filter(pk=alert.pk).update(noticed_at=timezone.now())
    for alert in mine.filter(cleared_at__isnull=False, noticed_at__isnull=False):
        with tenants.enter(alert.workspace):
            settle(_subject(alert))
        Alert.objects.filter(pk=alert.pk).update(noticed_at=None)


def _subject(alert: Alert) -> str:
    return f"{alert.rule}:{alert.facts['inbox']}"
