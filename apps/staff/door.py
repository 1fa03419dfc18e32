"""Who may enter the admin: staff, from an allowed network, with a second factor proven in this session."""

from ipaddress import ip_address

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest

from apps.accounts.acting import address_of
from apps.accounts.models import User
from apps.staff.services import note_visit

#: In the session: that a second factor was set up in it, and the address of the visit that is noted.
SET_UP, NOTED = "staff_second_factor", "staff_visit_from"


def is_staff(request: HttpRequest) -> bool:
    """Whether this is somebody of the staff, at an address from which staff may come."""
    if not (request.user.is_authenticated and request.user.is_active and request.user.is_staff):
        return False
    if not settings.STAFF_NETWORKS:
        return True
    address = address_of(request)
    return address is not None and any(ip_address(address) in network for network in settings.STAFF_NETWORKS)


def has_second_factor(person: User) -> bool:
    """Whether they have set one up."""
    return bool(is_mfa_enabled(person))


def is_proven(request: HttpRequest, person: User) -> bool:
    """Whether the second factor was shown in this session: at sign-in, since, or by setting it up."""
    records = get_authentication_records(request, person)
    return bool(request.session.get(SET_UP)) or any(record.get("method") == "mfa" for record in records)


def remember_proof(request: HttpRequest) -> None:
    """Notes in the session that the second factor was shown."""
    request.session[SET_UP] = True


def note_entry(request: HttpRequest, person: User) -> None:
    """Keeps a row of a session's first page here, and of its first from each further address."""
    address = address_of(request)
    if request.session.get(NOTED) != (address or "?"):
        note_visit(person, address=address, agent=request.headers.get("User-Agent", ""))
        request.session[NOTED] = address or "?"
