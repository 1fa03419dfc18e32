"""The page behind an invitation's link: who invites whom to what, and the button; also for who is new here.

Whatever is refused is refused alike, unknown links included; the page says why and what to do.
"""

from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import accepting
from apps.accounts.accepting import Refusal, Refused
from apps.accounts.models import Invitation, User
from apps.accounts.services import membership_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the invitation; a POST of whoever has its address accepts it. Nothing of what is posted is read."""
    found = accepting.find(token)
    if request.method != "POST" or accepting.refusal_of(found, None):
        return _page(request, found, accepting.refusal_of(found, _person(request)))
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path})}")
    return _accept(request, found)


@require_POST
@never_cache
@login_required
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts an invitation of one's own from the list of workspaces; what is for others is as if it were none."""
    mine = (one for one in accepting.waiting_for(cast(User, request.user)) if one.pk == pk)
    return _accept(request, next(mine, None))


def _accept(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    try:
        membership = accepting.accept(found, cast(User, request.user))
    except Refused as refused:
        return _page(request, found, refused.why)
    name = {"workspace": membership.workspace.name, "role": membership.get_role_display()}
    messages.success(request, _("Welcome to %(workspace)s. You are %(role)s here.") % name)
    return redirect(f"/w/{membership.workspace.slug}/")


def _page(request: HttpRequest, found: Invitation | None, refusal: Refusal | None) -> HttpResponse:
    known = found if refusal != Refusal.UNKNOWN else None
    person = _person(request)
    context = {
        "invitation": known,
        "refusal": refusal,
        "member": membership_of(person.pk, known.workspace) if known and person else None,
        "google": settings.GOOGLE_SIGN_IN,
        "here": request.path,
    }
    response = render(request, "invitations/invitation.html", context, status=404 if refusal else 200)
    # Django logs the path of what is refused, and this one's is a secret that may still open the door to another.
    response._has_been_logged = True  # type: ignore[attr-defined]  # django.utils.log.log_response asks for it
    return response


def _person(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None
