"""Who acts in a request, for the audit log; and rows about a person in every workspace they belong to."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from apps import tenants
from apps.accounts.models import Membership, User
from apps.core import audit
from apps.core.actors import Actor, Kind
from apps.core.audit import NOTHING, Changes
from apps.tenants.models import Workspace


def address_of(request: HttpRequest) -> str | None:
    """Where the request comes from, behind as many proxies as are trusted; None when that cannot be said."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):  # no address, or fewer proxies than we trust
        return None


def actor_of(request: HttpRequest) -> Actor:
    """The key of a program, the person who is signed in, or nobody."""
    address, key = address_of(request), getattr(request, "api_key", None)
    if key is not None:
        return Actor(Kind.KEY, key.pk, key.name, address)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Actor(Kind.NOBODY, address=address)
    return as_actor(user, address)


def as_actor(user: User, address: str | None = None) -> Actor:
    """Somebody by the name their team sees."""
    return Actor(Kind.PERSON, user.pk, str(user), address)


def record_everywhere(user: User, action: str, *, about: bool = False, changes: Changes = NOTHING) -> None:
    """Writes that something happened to how a person signs in, or is called, in each workspace they belong to.

    `about`: somebody else did it, and the person is what it was done to.
    """
    members = Membership.objects.filter(user=user, deactivated_at=None, workspace__state=Workspace.State.READY)
    with transaction.atomic():
        for member in members.select_related("workspace").order_by("pk"):
            with tenants.enter(member.workspace):
                audit.record(action, user if about else None, name=str(user) if about else "", changes=changes)
