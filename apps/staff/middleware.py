"""The door of /admin/: every page below it passes here, so none can forget to ask."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from apps.accounts.access import zone_of
from apps.accounts.models import User
from apps.core.actors import Actor, Kind, acting
from apps.staff import door

PREFIX = "/admin"
#: What a workspace reads of who acted: which of the staff it was is in the staff's own log of changes.
STAFF = Actor(Kind.STAFF)
SAFE = ("GET", "HEAD")


class StaffDoor:
    """Sends nobody to sign in, shows everybody else what they would see if there were no admin, and keeps who came."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lets staff in who have shown their second factor; leads the others to it."""
        if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return _to(settings.LOGIN_URL, request)
        if not door.is_staff(request):
            raise Http404("Only staff enter here.")
        person = request.user
        if settings.STAFF_SECOND_FACTOR and not (door.has_second_factor(person) and door.is_proven(request, person)):
            return _to_second_factor(request, person)
        door.note_entry(request, person)
        with timezone.override(zone_of(request)), acting(STAFF):
            response = self.get_response(request)
        add_never_cache_headers(response)
        return response


def _to_second_factor(request: HttpRequest, person: User) -> HttpResponse:
    if door.has_second_factor(person):
        return _to(reverse("mfa_reauthenticate"), request)
    messages.info(request, _("Staff need a second factor. Set one up, then open %(path)s again.") % {"path": "/admin/"})
    return redirect("mfa_activate_totp")


def _to(url: str, request: HttpRequest) -> HttpResponse:
    back = request.get_full_path() if request.method in SAFE else f"{PREFIX}/"
    return HttpResponseRedirect(f"{url}?{urlencode({'next': back})}")
