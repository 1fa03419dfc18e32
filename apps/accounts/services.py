"""Makes users and members, and keeps what is known of who they are."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps import tenants
from apps.accounts.models import Membership, Role, User
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


def add_member(workspace: Workspace, *, email: str, role: Role, name: str = "") -> Membership:
    """Gives the person with this address a role in the workspace, making the user when new."""
    with transaction.atomic():
        nobody_knows = make_password(None)  # people sign in by a code
        user, _created = User.objects.get_or_create(
            email=email.strip().lower(), defaults={"name": name, "password": nobody_knows}
        )
        membership, _created = Membership.objects.update_or_create(
            user=user, workspace=workspace, defaults={"role": role}
        )
    return membership


def membership_of(user_id: int | None, workspace: Workspace) -> Membership | None:
    """The active user's membership in the workspace; None for strangers and nobody."""
    if user_id is None:
        return None
    return (
        Membership.objects.select_related("user")
        .filter(user_id=user_id, workspace=workspace, user__is_active=True)
        .first()
    )


def memberships_of(user_id: int | None) -> list[Membership]:
    """The workspaces a user belongs to, by name; none for nobody."""
    if user_id is None:
        return []
    return list(Membership.objects.filter(user_id=user_id).select_related("workspace").order_by("workspace__name"))


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
    user.name = name
    user.save(update_fields=["name"])


def signed_in_with_google_before(uid: str) -> bool:
    """Whether this Google account belongs to somebody here."""
    return SocialAccount.objects.filter(provider="google", uid=uid).exists()


def set_staff(user: User) -> None:
    """Makes staff of who has a verified address in ADMIN_EMAILS, and takes it from everybody else."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    is_staff = any(address.lower() in settings.ADMIN_EMAILS for address in addresses)
    if (user.is_staff, user.is_superuser) != (is_staff, is_staff):
        user.is_staff = user.is_superuser = is_staff
        user.save(update_fields=["is_staff", "is_superuser"])


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

    build_workspace(workspace, beat=beat)
