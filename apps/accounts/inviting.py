"""Invitations to a workspace: made, renewed and revoked. Owns Invitation together with accepting.

An address has one open invitation to a workspace; the token is known to whoever made it, and kept as a digest.
"""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps import tenants
from apps.accounts.api_keys import digest
from apps.accounts.models import Invitation, Membership, Role
from apps.accounts.roles import can
from apps.accounts.services import changing_team, membership_of, person_with
from apps.core import audit
from apps.tenants.models import Workspace
from apps.work import rates
from apps.work.services import take

log = logging.getLogger(__name__)

GOOD_FOR = timedelta(days=7)
#: Addresses in one go.
MOST_AT_ONCE = 20
#: Invitations of a workspace that wait at the same time.
MOST_OPEN = 200
#: E-mails a workspace may cause: so many at once, then so many a minute; and the same for a single address.
AT_ONCE, PER_MINUTE = 40, 2.0
TO_ONE_AT_ONCE, TO_ONE_PER_MINUTE = 3, 0.1
#: The same whatever the workspaces are, of which anybody may start many: of one who invites, and to one address.
BY_ONE = rates.Limit("invitation.by", 100, 3600)
TO_ONE = rates.Limit("invitation.to", 10, 24 * 3600)
#: What people may be made. Owner is nobody by invitation: the owner hands the workspace over.
GIVEN = tuple(role for role in Role if role != Role.OWNER)


@dataclass(frozen=True)
class Invited:
    """An invitation with its token, which only whoever made it just now has."""

    invitation: Invitation
    token: str = field(repr=False)


def invite(by: Membership, *, emails: Iterable[str], role: str) -> list[Invited]:
    """Invites these addresses; an address that is invited already gets a new link and role, its old link is void.

    All or none. Raises ValidationError for what is no address or no role to give, for members, for too many.
    """
    chosen = _addresses(emails)
    if role not in GIVEN:
        raise ValidationError({"role": _("Choose one of the roles in the list.")})
    _take_mails(by, chosen)
    with changing_team(by.workspace):
        _check_may(by)
        _check_strangers(by.workspace, chosen)
        if open_invitations(by.workspace).exclude(email__in=chosen).count() + len(chosen) > MOST_OPEN:
            raise ValidationError(_("%(most)d invitations wait already. Revoke some first.") % {"most": MOST_OPEN})
        invited = [_renew(by, email, role) for email in chosen]
    log.info("%d people invited to workspace %s by user %s", len(invited), by.workspace_id, by.user_id)
    return invited


def resend(invitation: Invitation, *, by: Membership) -> Invited:
    """A new link, good for another seven days; the old one is void. Raises ValidationError when it is open no more."""
    _take_mails(by, [invitation.email])
    with changing_team(by.workspace):
        _check_may(by)
        if not open_invitations(by.workspace).filter(pk=invitation.pk).exists():
            raise ValidationError(_("This invitation was accepted or revoked meanwhile."))
        return _renew(by, invitation.email, invitation.role)


def revoke(invitation: Invitation, *, by: Membership) -> None:
    """The link opens nothing from this commit on. Raises ValidationError when it has been accepted."""
    with changing_team(by.workspace):
        _check_may(by)
        found = Invitation.objects.filter(pk=invitation.pk, workspace=by.workspace, accepted_at=None)
        if not found.exists():
            raise ValidationError(_("This invitation was accepted meanwhile. Deactivate the member instead."))
        if found.filter(revoked_at=None).update(revoked_at=timezone.now()):
            audit.record("team.invitation_revoked", invitation, name=invitation.email)
    log.info("Invitation %s to workspace %s revoked by user %s", invitation.pk, by.workspace_id, by.user_id)


def open_invitations(workspace: Workspace) -> QuerySet[Invitation]:
    """Those that were neither accepted nor revoked, the newest first; some may have run out."""
    found = Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)
    return found.select_related("workspace", "invited_by").order_by("-created_at", "-pk")


def _addresses(emails: Iterable[str]) -> list[str]:
    chosen = list(dict.fromkeys(email.strip().lower() for email in emails if email.strip()))
    if not chosen:
        raise ValidationError({"emails": _("Type at least one e-mail address.")})
    if len(chosen) > MOST_AT_ONCE:
        raise ValidationError({"emails": _("Invite at most %(most)d people at once.") % {"most": MOST_AT_ONCE}})
    wrong = [email for email in chosen if not _is_address(email)]
    if wrong:
        said = _("This is no e-mail address: %(wrong)s. Correct it; nobody was invited.")
        raise ValidationError({"emails": said % {"wrong": ", ".join(one[:80] for one in wrong)}})
    return chosen


def _is_address(email: str) -> bool:
    try:
        EmailValidator()(email)
    except ValidationError:
        return False
    return len(email) <= 254


def _take_mails(by: Membership, emails: list[str]) -> None:
    """Raises ValidationError when too many invitations were sent; outside a transaction, as buckets want it."""
    for email in emails:
        _take_everywhere(by, email)
    with tenants.enter(by.workspace):
        for email in emails:
            if take(f"invitation.{digest(email)[:24]}", per_minute=TO_ONE_PER_MINUTE, burst=TO_ONE_AT_ONCE):
                said = _("%(email)s was sent several invitations just now. Wait ten minutes; nobody was invited.")
                raise ValidationError({"emails": said % {"email": email}})
            if take("invitations", per_minute=PER_MINUTE, burst=AT_ONCE):
                raise ValidationError(_("Many invitations were sent just now. Wait some minutes; nobody was invited."))


def _take_everywhere(by: Membership, email: str) -> None:
    """The same across all workspaces. What cannot be counted is not sent."""
    try:
        refused = rates.take((BY_ONE, str(by.user_id)), (TO_ONE, email))
    except rates.Uncounted as error:
        raise ValidationError(
            _("Invitations cannot be sent now. Try again in a minute; nobody was invited.")
        ) from error
    if refused is None:
        return
    if refused.limit == TO_ONE:
        said = _("%(email)s was sent many invitations today. Wait until tomorrow; nobody was invited.")
        raise ValidationError({"emails": said % {"email": email}})
    raise ValidationError(_("You sent many invitations just now. Wait an hour; nobody was invited."))


def _check_may(by: Membership) -> None:
    """Asks anew, under the lock: they may have been demoted since their page was loaded."""
    if not can(membership_of(by.user_id, by.workspace), "manage_team"):
        raise ValidationError(_("You may not change the team any more. Ask its owner."))


def _check_strangers(workspace: Workspace, emails: list[str]) -> None:
    for email in emails:
        person = person_with(email)
        known = Membership.objects.filter(user=person, workspace=workspace).first() if person else None
        if known is None:
            continue
        here, away = _("%(email)s is in the team already."), _("%(email)s was deactivated. Reactivate them.")
        said = here if known.active else away
        raise ValidationError({"emails": f"{said % {'email': email}} {_('Nobody was invited.')}"})


def _renew(by: Membership, email: str, role: str) -> Invited:
    token = secrets.token_urlsafe(32)
    invitation, _created = Invitation.objects.update_or_create(
        workspace=by.workspace,
        email=email,
        accepted_at=None,
        revoked_at=None,
        defaults={
            "role": role,
            "digest": digest(token),
            "invited_by": by.user,
            "expires_at": timezone.now() + GOOD_FOR,
            "mailed_at": None,
        },
    )
    audit.record("team.invited", invitation, name=email, changes={"role": ["", role]})
    return Invited(invitation, token)
