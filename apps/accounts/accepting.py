"""Whom an invitation lets in, and why not: once, for seven days, whoever has shown that the address is theirs, and as
long as the one who sent it may still invite.
"""

import logging
from enum import StrEnum

from django.utils import timezone

from apps.accounts.api_keys import digest
from apps.accounts.events import MemberChanged
from apps.accounts.inviting import open_invitations
from apps.accounts.models import Invitation, Membership, User
from apps.accounts.roles import can
from apps.accounts.services import addresses_of, changing_team, membership_of, was_deactivated
from apps.core import audit
from apps.core.events import publish
from apps.tenants.models import Workspace

log = logging.getLogger(__name__)


class Refusal(StrEnum):
    """Why an invitation lets nobody in, or not this person."""

    UNKNOWN = "unknown"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    STOPPED = "stopped"  # who sent it may not invite any more
    DEACTIVATED = "deactivated"  # they were a member, and were deactivated
    FOREIGN = "foreign"  # it is for another address


class Refused(Exception):
    """The invitation was not accepted."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def find(token: str) -> Invitation | None:
    """The invitation of a link, whatever became of it; None for an invented one, or one that was renewed since."""
    return Invitation.objects.select_related("workspace", "invited_by").filter(digest=digest(token)).first()


def refusal_of(invitation: Invitation | None, user: User | None) -> Refusal | None:
    """Why the invitation does not let the person in; None when it does. `user` None: somebody not signed in yet."""
    if invitation is None or invitation.workspace.state != Workspace.State.READY:
        return Refusal.UNKNOWN
    if invitation.accepted_at:
        return Refusal.USED
    if invitation.revoked_at:
        return Refusal.REVOKED
    may_invite = can(membership_of(invitation.invited_by_id, invitation.workspace), "manage_team")
    stale = _stands(invitation, may_invite)
    if stale or user is None:
        return stale
    if invitation.email not in addresses_of(user):
        return Refusal.FOREIGN
    return Refusal.DEACTIVATED if was_deactivated(user.pk, invitation.workspace) else None


def accept(invitation: Invitation | None, user: User) -> Membership:
    """Makes the person a member with the invitation's role; who is one already stays what they are.

    Raises Refused, also when somebody else was faster.
    """
    if invitation is None:
        raise Refused(Refusal.UNKNOWN)
    with changing_team(invitation.workspace):
        now = Invitation.objects.select_related("workspace").get(pk=invitation.pk)
        # Renewed since this one was looked up: what was asked for is no invitation any more.
        why = Refusal.UNKNOWN if now.digest != invitation.digest else refusal_of(now, user)
        if why is not None:
            raise Refused(why)
        Invitation.objects.filter(pk=now.pk).update(accepted_at=timezone.now())
        membership, new = Membership.objects.get_or_create(
            user=user, workspace=now.workspace, defaults={"role": now.role, "added_by_id": now.invited_by_id}
        )
        if new:
            publish(MemberChanged(user.pk, membership.role, active=True))
            audit.record("team.joined", user, name=str(user), changes={"role": ["", membership.role]})
    log.info("Invitation %s to workspace %s accepted by user %s", now.pk, now.workspace_id, user.pk)
    return membership


def waiting_in(workspace: Workspace) -> list[tuple[Invitation, Refusal | None]]:
    """The open invitations, each with why it lets nobody in until it is sent again, or None when it does."""
    found = list(open_invitations(workspace))
    inviters = Membership.objects.filter(workspace=workspace, user__in={one.invited_by_id for one in found})
    managers = {member.user_id for member in inviters.select_related("user") if can(member, "manage_team")}
    return [(one, _stands(one, one.invited_by_id in managers)) for one in found]


def waiting_for(user: User) -> list[Invitation]:
    """The invitations that the person could accept now and that make them a member."""
    found = Invitation.objects.filter(email__in=addresses_of(user), accepted_at=None, revoked_at=None)
    able = (one for one in found.select_related("workspace", "invited_by") if refusal_of(one, user) is None)
    return [one for one in able if membership_of(user.pk, one.workspace) is None]


def _stands(invitation: Invitation, may_invite: bool) -> Refusal | None:
    if invitation.expires_at <= timezone.now():
        return Refusal.EXPIRED
    return None if may_invite else Refusal.STOPPED
