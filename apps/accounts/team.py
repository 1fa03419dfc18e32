"""Who belongs to a workspace and as what: roles changed, members deactivated and back, the workspace handed over.

Owns Membership together with services. There is always an owner: only owners make owners, by handing over what they
are, and nobody else touches one.
"""

import logging

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Case, ExpressionWrapper, IntegerField, Q, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.events import MemberChanged
from apps.accounts.inviting import GIVEN
from apps.accounts.models import Membership, Role
from apps.accounts.roles import can
from apps.accounts.services import changing_team
from apps.core import audit
from apps.core.events import publish
from apps.tenants.models import Workspace

log = logging.getLogger(__name__)

_PLACE = Case(*(When(role=role.value, then=place) for place, role in enumerate(Role)), output_field=IntegerField())


def members_of(workspace: Workspace) -> QuerySet[Membership]:
    """Everybody, those who were deactivated last; by role, then in the order in which they came."""
    found = Membership.objects.filter(workspace=workspace).select_related("user", "added_by")
    gone = ExpressionWrapper(Q(deactivated_at__isnull=False), output_field=BooleanField())
    return found.annotate(gone=gone, place=_PLACE).order_by("gone", "place", "pk")


def change_role(member: Membership, role: str, *, by: Membership) -> Membership:
    """Gives the member another role, at once. Raises ValidationError when `by` may not, or it is no role to give."""
    if role not in GIVEN:
        raise ValidationError(_("Choose one of the roles in the list."))
    with changing_team(by.workspace):
        now = _touchable(member, by)
        if not now.active:
            raise ValidationError(_("%(who)s is deactivated. Reactivate them first.") % {"who": now.user})
        if now.role != role:
            before, now.role = now.role, role
            _save(now, "role")
            audit.record("team.role_changed", now.user, name=str(now.user), changes={"role": [before, role]})
            log.info("Member %s made %s, was %s, by user %s", now.pk, role, before, by.user_id)
    return now


def deactivate(member: Membership, *, by: Membership) -> Membership:
    """From this commit on they may do nothing here; what they had in hand goes back to everybody.

    Raises ValidationError when `by` may not.
    """
    with changing_team(by.workspace):
        now = _touchable(member, by)
        if now.active:
            now.deactivated_at = timezone.now()
            _save(now, "deactivated_at")
            audit.record("team.deactivated", now.user, name=str(now.user))
            log.info("Member %s deactivated by user %s", now.pk, by.user_id)
    return now


def reactivate(member: Membership, *, by: Membership) -> Membership:
    """They are back with the role they had. Raises ValidationError when `by` may not."""
    with changing_team(by.workspace):
        now = _touchable(member, by)
        if not now.active:
            now.deactivated_at = None
            _save(now, "deactivated_at")
            audit.record("team.reactivated", now.user, name=str(now.user))
            log.info("Member %s reactivated by user %s", now.pk, by.user_id)
    return now


def hand_over(to: Membership, *, by: Membership) -> Membership:
    """Makes `to` owner and `by` admin. Raises ValidationError unless `by` is owner and `to` an active other member."""
    with changing_team(by.workspace):
        giver, taker = _as_they_are(by), _as_they_are(to)
        if not can(giver, "hand_over_workspace") or giver.workspace_id != taker.workspace_id:
            raise ValidationError(_("Only an owner can hand the workspace over."))
        if giver.pk == taker.pk or not taker.active or not taker.user.is_active:
            raise ValidationError(_("Hand it over to somebody else who is active in the team."))
        was, giver.role, taker.role = taker.role, Role.ADMIN, Role.OWNER
        for member in (taker, giver):
            _save(member, "role")
        changes: audit.Changes = {"role": [was, taker.role.value]}
        audit.record("team.handed_over", taker.user, name=str(taker.user), changes=changes)
        log.info("Workspace %s handed over by user %s to user %s", by.workspace_id, by.user_id, to.user_id)
    return taker


def may_touch(by: Membership, member: Membership) -> bool:
    """Whether `by` may change the member: managers may, but neither an owner nor themselves."""
    return can(by, "manage_team") and member.pk != by.pk and member.role != Role.OWNER


def _touchable(member: Membership, by: Membership) -> Membership:
    """The member as they are now, when `by`, as they are now, may change them."""
    now = _as_they_are(member)
    if may_touch(_as_they_are(by), now) and now.workspace_id == by.workspace_id:
        return now
    if now.pk == by.pk:
        raise ValidationError(_("Nobody changes themselves. Ask another owner or admin."))
    if now.role == Role.OWNER:
        raise ValidationError(_("%(who)s is owner. Only they can hand the workspace over.") % {"who": now.user})
    raise ValidationError(_("You may not change the team any more. Ask its owner."))


def _as_they_are(member: Membership) -> Membership:
    return Membership.objects.select_related("user").get(pk=member.pk)


def _save(member: Membership, field: str) -> None:
    member.save(update_fields=[field])
    publish(MemberChanged(member.user_id, member.role, active=member.active))
