"""Sends invitations by e-mail. What cannot be sent is said, never raised: the link can be handed over by hand."""

import logging
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from apps import tenants
from apps.accounts.inviting import Invited
from apps.accounts.models import Invitation
from apps.core.mail_headers import name_alone, one_line

log = logging.getLogger(__name__)

#: Seconds for reaching the mail server and for each answer of it: a person waits.
TIMEOUT = 8
MOST_FAILURES = 2


def link_of(token: str) -> str:
    """The whole address of an invitation's page."""
    return f"{settings.BASE_URL}{tenants.public_url('invitation', token=token)}"


def send(invited: Sequence[Invited]) -> None:
    """Sends each its e-mail over one connection and notes on its row whether it left (`mailed_at`).

    Call it outside a transaction. After the second failure the others are not tried: each may take its whole time.
    """
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT)
    failures = 0
    for one in invited:
        if failures < MOST_FAILURES and not _sent(one, connection):
            failures += 1
    _close(connection)


def _sent(one: Invited, connection: Any) -> bool:
    try:
        connection.open()  # does nothing when it is open
        _message(one, connection).send()
    except Exception as error:
        # Every backend raises what it likes. Its text may name the address, so only its kind is logged.
        log.warning("Invitation %s could not be sent by e-mail: %s", one.invitation.pk, type(error).__name__)
        return False
    one.invitation.mailed_at = timezone.now()
    Invitation.objects.filter(pk=one.invitation.pk).update(mailed_at=one.invitation.mailed_at)
    return True


def _message(one: Invited, connection: Any) -> EmailMultiAlternatives:
    inviter = one.invitation.invited_by
    name, email = (inviter.name, inviter.email) if inviter else ("", "")
    context = {
        "invitation": one.invitation,
        # Whoever starts a workspace may write to anybody: their names must not be the message.
        "workspace": name_alone(one.invitation.workspace.name) or _("a business"),
        "who": name_alone(name) or email,
        "email": email,
        "link": link_of(one.token),
    }
    subject, text, html = (
        render_to_string(f"invitations/email/{part}", context)
        for part in ("subject.txt", "message.txt", "message.html")
    )
    message = EmailMultiAlternatives(one_line(subject), text, to=[one.invitation.email], connection=connection)
    message.attach_alternative(html, "text/html")
    return message


def _close(connection: Any) -> None:
    try:
        connection.close()
    except Exception as error:
        log.warning("The connection to the mail server did not close well: %s", type(error).__name__)
