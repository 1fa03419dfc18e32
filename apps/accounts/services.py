"""Makes users and members, and keeps what is known of who they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps import tenants
from apps.accounts.acting import as_actor, record_everywhere
from apps.accounts.events import MemberChanged, SignedOut
from apps.accounts.models import Membership, Role, User
from apps.core import audit
from apps.core.actors import SYSTEM, acting
from apps.core.events import publish
from apps.tenants.building import BeingBuilt
from apps.tenants.models import Workspace
from apps.tenants.services import build_workspace, reserve_workspace
from apps.work import claims
from apps.work.claims import Claim
from apps.work.services import make_due

#: The kind of work that builds a workspace.
BUILD = "accounts.build_workspace"
#: Renewed at every step, none of which takes a second; after a killed worker another one waits this long.
BUILD_LEASE_SECONDS = 30.0
#: As many workspaces may one person own: each is a schema with tables of its own.
MOST_OWNED = 20
#: `last_seen_at` is written at most this often, so that looking at pages does not mean writing rows.
SEEN_EVERY = timedelta(minutes=1)


@contextmanager
def changing_team(workspace: Workspace) -> Iterator[None]:
    """One transaction inside the workspace, in which nobody else changes who belongs to it and as what."""
    with tenants.enter(workspace), transaction.atomic():
        # No key: rows that merely point to the workspace, such as due work, need not wait.
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        yield


def add_member(workspace: Workspace, *, email: str, role: Role, name: str = "") -> Membership:
    """Gives the person with this address a role in the workspace, making the user when new. Who was away is back.

    Raises ValidationError when the workspace would be without an owner.
    """
    with changing_team(workspace):
        nobody_knows = make_password(None)  # people sign in by a code
        user, _created = User.objects.get_or_create(
            email=email.strip().lower(), defaults={"name": name, "password": nobody_knows}
        )
        owners = Membership.objects.filter(workspace=workspace, role=Role.OWNER, deactivated_at=None)
        if role != Role.OWNER and set(owners.values_list("user", flat=True)) == {user.pk}:
            raise ValidationError(_("%(who)s is the only owner. Make somebody else owner first.") % {"who": user.email})
        membership, _created = Membership.objects.update_or_create(
            user=user, workspace=workspace, defaults={"role": role, "deactivated_at": None}
        )
        if workspace.state == Workspace.State.READY:  # before that there is nothing that could change with it
            publish(MemberChanged(user.pk, membership.role, active=True))
            audit.record("team.added", user, name=str(user), changes={"role": ["", str(role)]})
    return membership


def membership_of(user_id: int | None, workspace: Workspace) -> Membership | None:
    """The active user's membership in the workspace; None for strangers, nobody, and who was deactivated there."""
    if user_id is None:
        return None
    return (
        Membership.objects.select_related("user")
        .filter(user_id=user_id, workspace=workspace, user__is_active=True, deactivated_at=None)
        .first()
    )


def was_deactivated(user_id: int, workspace: Workspace) -> bool:
    """Whether the person was a member and has been deactivated."""
    return Membership.objects.filter(user_id=user_id, workspace=workspace).exclude(deactivated_at=None).exists()


def memberships_of(user_id: int | None, *, active: bool = True) -> list[Membership]:
    """The workspaces a user belongs to, by name; none for nobody. `active` False: those they were deactivated in."""
    if user_id is None:
        return []
    found = Membership.objects.filter(user_id=user_id, deactivated_at__isnull=active)
    return list(found.select_related("workspace").order_by("workspace__name"))


def note_seen(membership: Membership) -> None:
    """Remembers that a page of the member asked just now, to the minute."""
    now = timezone.now()
    if membership.last_seen_at is None or membership.last_seen_at < now - SEEN_EVERY:
        stale = Q(last_seen_at=None) | Q(last_seen_at__lt=now - SEEN_EVERY)
        Membership.objects.filter(stale, pk=membership.pk).update(last_seen_at=now)


def addresses_of(user: User) -> list[str]:
    """The addresses the person has proven to have, in small letters."""
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [address.lower() for address in proven]


def person_with(email: str) -> User | None:
    """Whoever has this address, also when switched off; None when nobody has."""
    address = EmailAddress.objects.filter(email=email.lower(), verified=True).select_related("user").first()
    return address.user if address else User.objects.filter(email=email.lower()).first()


def sign_up(email: str) -> User:
    """The person of an address that has just been proven; made when new."""
    address = email.strip().lower()
    with transaction.atomic():
        person = person_with(address)
        if person is None:
            person, _created = User.objects.get_or_create(email=address, defaults={"password": make_password(None)})
        confirm_address(person, address)
    return person


def confirm_address(user: User, email: str) -> None:
    """Notes that the address is theirs: they typed a code sent to it, or Google says so."""
    EmailAddress.objects.update_or_create(
        user=user, email=email.lower(), defaults={"verified": True, "primary": email.lower() == user.email}
    )


def rename(user: User, name: str) -> None:
    """How they are called from now on."""
    with transaction.atomic():
        changes = audit.changes_of(user, {"name": name})
        if changes:
            record_everywhere(user, "team.renamed", changes=changes)
        user.name = name
        user.save(update_fields=["name"])


def signed_in_with_google_before(uid: str) -> bool:
    """Whether this Google account belongs to somebody here."""
    return SocialAccount.objects.filter(provider="google", uid=uid).exists()


def unlink_google(user: User, account: int) -> bool:
    """Forgets a Google account of the person's; False when it is not theirs. A code by e-mail lets them in always."""
    with transaction.atomic():
        gone, _ = SocialAccount.objects.filter(provider="google", user=user, pk=account).delete()
        if gone:
            record_everywhere(user, "sign_in.google_unlinked")
    return gone > 0


def set_staff(user: User) -> None:
    """Makes staff of who has a verified address in ADMIN_EMAILS, and takes it from everybody else."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    is_staff = any(address.lower() in settings.ADMIN_EMAILS for address in addresses)
    if (user.is_staff, user.is_superuser) != (is_staff, is_staff):
        user.is_staff = user.is_superuser = is_staff
        user.save(update_fields=["is_staff", "is_superuser"])


def switch_off(person: User) -> bool:
    """Lets the person in nowhere any more, from this commit on: every session ends, every key they made is dead.

    False when they were switched off already. Their memberships stay, for the day they come back; their leads and
    conversations go to others.
    """
    with transaction.atomic():
        done = bool(User.objects.filter(pk=person.pk, is_active=True).update(is_active=False))
        if done:
            _tell_workspaces(person, active=False)
        end_sessions(person)
    person.refresh_from_db()
    return done


def switch_on(person: User) -> bool:
    """Lets the person sign in again. False when they could already."""
    with transaction.atomic():
        done = bool(User.objects.filter(pk=person.pk, is_active=False).update(is_active=True))
        if done:
            _tell_workspaces(person, active=True)
    person.refresh_from_db()
    return done


def end_sessions(person: User) -> int:
    """Signs the person out everywhere; returns of how many browsers. They may sign in again."""
    with tenants.enter(None), transaction.atomic():
        sessions = list(UserSession.objects.filter(user=person))
        for session in sessions:
            session.end()
        publish(SignedOut(person.pk))
    return len(sessions)


def _tell_workspaces(person: User, *, active: bool) -> None:
    members = Membership.objects.filter(user=person, deactivated_at=None, workspace__state=Workspace.State.READY)
    for member in members.select_related("workspace"):
        with tenants.enter(member.workspace):
            publish(MemberChanged(person.pk, member.role, active=active))


def start_workspace(owner: User, *, name: str, slug: str = "") -> Workspace:
    """Takes the address, makes this person its owner and has the rest built: one transaction, and a page to wait on.

    Asked twice for the same name while it is being built (a double click), it answers with the same workspace.
    Raises ValidationError for a name or slug that cannot be, and for the twenty-first workspace.
    """
    with tenants.enter(None), transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        owned = Workspace.objects.filter(memberships__user=owner, memberships__role=Role.OWNER)
        begun = owned.filter(name=name.strip(), state=Workspace.State.SETTING_UP).first()
        if begun is not None:
            return begun
        if owned.count() >= MOST_OWNED:
            raise ValidationError(
                _("You own %(most)s workspaces, which is the most there can be.") % {"most": MOST_OWNED}
            )
        workspace = reserve_workspace(name.strip(), slug=slug)
        Membership.objects.create(user=owner, workspace=workspace, role=Role.OWNER)
        have_built(workspace)
    return workspace


def have_built(workspace: Workspace) -> None:
    """Makes the building of a workspace due now, also when it has failed before."""
    with tenants.enter(workspace):
        make_due(BUILD, "workspace", exactly=True)


def build(workspace: Workspace, claim: Claim) -> None:
    """Builds the workspace while the claim holds. Raises BeingBuilt when another worker has taken over."""

    def beat() -> None:
        if not claims.renew(claim, BUILD_LEASE_SECONDS):
            raise BeingBuilt("Another worker has taken over.")

    owner = workspace.memberships.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    with acting(as_actor(owner.user) if owner else SYSTEM):
        build_workspace(workspace, beat=beat)
