"""A member's unread notices as one e-mail. It names contacts, and says nothing of what they wrote.

`mailed_at` is committed before the first byte leaves, so that no e-mail is sent twice because a worker died. One
that the mail server refuses is tried again.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import ngettext

from apps.accounts.models import Membership
from apps.accounts.roles import can
from apps.core import connections
from apps.core.mail_headers import one_line
from apps.notices.kinds import KINDS
from apps.notices.models import Notice
from apps.notices.services import MAIL_AFTER, history, wants_mail
from apps.notices.words import words_outside
from apps.tenants import workspace_url
from apps.work.runner import Later
from apps.work.services import workspace_id

log = logging.getLogger(__name__)

#: Seconds for reaching the mail server and for each answer of it.
TIMEOUT = 20
#: Notices that one e-mail tells.
MOST = 20
#: What comes within this time after an e-mail waits for the next one.
GATHER = timedelta(minutes=5)
#: Seconds to wait after each refusal of the mail server; after the last one the notice stands in the bell alone.
WAITS = (60, 300, 900, 3600, 14_400)
_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema || '.notices.mail.' || %s, 0))"


def mail(user_id: int) -> Later | None:
    """Sends the member what they have not read and not been told by e-mail; Later when something must wait."""
    found = Membership.objects.filter(user=user_id, workspace=workspace_id()).select_related("user", "workspace")
    membership = found.first()
    if membership is None:
        return None
    begun = _begin(membership)
    if isinstance(begun, Later):
        return begun
    if not begun:
        return None
    message = _message(membership, begun)
    connections.release()
    try:
        message.send()
    except Exception as error:
        # Every backend raises what it likes. Its text may name the address, so only its kind is logged.
        log.warning("Notices could not be sent to user %s by e-mail: %s", user_id, type(error).__name__)
        return _again(begun)
    return None


def _begin(membership: Membership) -> Sequence[Notice] | Later:
    """What is to be told now, marked as told; alone with this member's notices meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ALONE, [str(membership.user_id)])
        now, waiting = timezone.now(), _waiting(membership)
        told = Notice.objects.filter(user=membership.user_id).aggregate(at=Max("mailed_at"))["at"]
        oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
        if oldest is None:
            return ()
        at = max(oldest + MAIL_AFTER, told + GATHER if told else oldest)
        if at > now:
            return Later((at - now).total_seconds())
        notices = list(waiting.filter(created_at__lte=now - MAIL_AFTER)[:MOST])
        _mark(notices, now, tries=1)
    return notices


def _waiting(membership: Membership) -> QuerySet[Notice]:
    """What is still theirs to be told: a role may have changed since."""
    allowed = [
        kind.name for kind in KINDS.values() if can(membership, kind.needs) and wants_mail(membership.user, kind)
    ]
    tried = {"mail_tries__lte": len(WAITS)}
    return history(membership).filter(read_at=None, mailed_at=None, kind__in=allowed, **tried)


def _mark(notices: Sequence[Notice], at: datetime | None, *, tries: int = 0) -> None:
    for notice in notices:
        notice.mailed_at, notice.mail_tries = at, notice.mail_tries + tries
    Notice.objects.bulk_update(notices, ["mailed_at", "mail_tries"])


def _again(notices: Sequence[Notice]) -> Later:
    """They surely were not told: tried again, later each time."""
    _mark(notices, None)
    return Later(WAITS[min(max(notice.mail_tries for notice in notices), len(WAITS)) - 1])


def _message(membership: Membership, notices: Sequence[Notice]) -> EmailMultiAlternatives:
    all_words = [words_outside(notice) for notice in notices]
    context = {
        "workspace": membership.workspace,
        "notices": [(words, f"{settings.BASE_URL}{words.path}") for words in all_words],
        "choices": f"{settings.BASE_URL}{workspace_url('notices:list')}#choices",
    }
    first = all_words[0].title
    more = len(notices) - 1
    subject = (
        first
        if not more
        else ngettext("%(first)s, and %(count)d more", "%(first)s, and %(count)d more", more)
        % {
            "first": first,
            "count": more,
        }
    )
    message = EmailMultiAlternatives(
        one_line(f"{subject} · {membership.workspace.name}"),
        render_to_string("notices/email/message.txt", context),
        to=[membership.user.email],
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT),
        headers={"Message-ID": _message_id(membership, notices)},
    )
    message.attach_alternative(render_to_string("notices/email/message.html", context), "text/html")
    return message


def _message_id(membership: Membership, notices: Sequence[Notice]) -> str:
    """The same for the same notices: one that is sent twice, because a worker died after it, shows once."""
    about = f"{membership.pk}/{','.join(f'{notice.pk}.{notice.count}' for notice in notices)}"
    digest = hashlib.sha256(about.encode()).hexdigest()[:40]
    return f"<notices.{digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"
