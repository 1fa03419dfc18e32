"""A member's unread notices as one e-mail. It names contacts, and says nothing of what they wrote."""

import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from apps.accounts.models import Membership
from apps.accounts.roles import can
from apps.notices.kinds import KINDS
from apps.notices.models import Notice
from apps.notices.services import history, wants_mail
from apps.notices.words import words_of
from apps.tenants import workspace_url
from apps.work.services import workspace_id

#: Seconds for reaching the mail server and for each answer of it.
TIMEOUT = 20
MOST = 20


def mail(user_id: int) -> None:
    """Sends the member what they have not read and not been told by e-mail. Raises what the mail server raises."""
    membership = (
        Membership.objects.filter(user=user_id, workspace=workspace_id()).select_related("user", "workspace").first()
    )
    if membership is None:
        return
    notices = _waiting(membership)
    if not notices:
        return
    _message(membership, notices).send()
    Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(mailed_at=Now())


def _waiting(membership: Membership) -> list[Notice]:
    """What is still theirs to be told: a role may have changed since."""
    allowed = [
        kind.name for kind in KINDS.values() if can(membership, kind.needs) and wants_mail(membership.user, kind)
    ]
    found = history(membership).filter(read_at=None, mailed_at=None, kind__in=allowed)
    return list(found[:MOST])


def _message(membership: Membership, notices: list[Notice]) -> EmailMultiAlternatives:
    all_words = [words_of(notice) for notice in notices]
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
        " ".join(f"{subject} · {membership.workspace.name}".split()),
        render_to_string("notices/email/message.txt", context),
        to=[membership.user.email],
        connection=get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT),
        headers={"Message-ID": _message_id(membership, notices)},
    )
    message.attach_alternative(render_to_string("notices/email/message.html", context), "text/html")
    return message


def _message_id(membership: Membership, notices: list[Notice]) -> str:
    """The same for the same notices: one that is sent twice, because a worker died after it, shows once."""
    about = f"{membership.pk}/{','.join(f'{notice.pk}.{notice.count}' for notice in notices)}"
    digest = hashlib.sha256(about.encode()).hexdigest()[:40]
    return f"<notices.{digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"
