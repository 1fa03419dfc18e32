"""The way into the demo, the page with a customer's phone beside the panel, and the way back. Development only."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

import httpx2
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Membership, User
from apps.accounts.services import membership_of
from apps.tenants.models import Workspace
from apps.tenants.services import RouteTaken
from sandbox.demo import business
from sandbox.demo.resetting import BeingReset, Busy, reset
from sandbox.world.client import World, WorldError

#: Seconds for one answer of the world; it is on this machine, and the demo stands still meanwhile.
WORLD_SECONDS = 5.0


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Signs the visitor in as the demo's owner, or as the vendor whom `as` names."""
    chosen = request.POST.get("as", business.GUISES[0].key)
    guise = next((one for one in business.GUISES if one.key == chosen), None)
    if guise is None:
        raise Http404("There is nobody of that name to enter as.")
    person = get_object_or_404(User, email=guise.email)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("demo")


@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Phone and panel; whoever has not entered goes home first, and a stranger chooses whom to enter as."""
    if not request.user.is_authenticated:
        return redirect("home")
    phone = urlencode({"number": business.PHONE_NUMBER_ID, "person": business.CUSTOMER_PHONE})
    context = {
        "member": _member(request),
        "guises": business.GUISES,
        "phone_url": f"{settings.SANDBOX_WORLD_URL}/phone/?{phone}",
        "panel_url": f"/w/{business.SLUG}/",
    }
    return render(request, "demo/side_by_side.html", context)


def _members_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Nobody goes home, and to others the demo's door does not exist."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("home")
        member = _member(request)
        if member is None:
            raise Http404("Not in the demo.")
        return view(request, member.workspace, *args)

    return shown


@require_http_methods(["GET", "HEAD", "POST"])
@_members_only
def reset_demo(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Asks once, then puts everything back to the seed."""
    if request.method != "POST":
        return render(request, "demo/reset.html", {"business": business.NAME})
    world = World(settings.SANDBOX_WORLD_URL, httpx2.Client(timeout=WORLD_SECONDS, trust_env=False))
    try:
        reset(workspace, world, base=settings.BASE_URL)
        messages.success(request, _("The demo is as it was on its first day. The phone is empty again, too."))
    except BeingReset:
        messages.info(request, _("The demo is being reset already. It takes a few seconds."))
    except Busy:
        busy = _("Messages were being sent all the time, so nothing was reset. Try again in a moment.")
        messages.error(request, busy)
    except RouteTaken:
        taken = _("The demo's number is connected to another workspace, so nothing was reset. Disconnect it there.")
        messages.error(request, taken)
    except (WorldError, httpx2.HTTPError):
        messages.error(request, _("The sandbox world does not answer, so nothing was reset. Is bin/dev still running?"))
    finally:
        world.close()
    return redirect("demo")


def _member(request: HttpRequest) -> Membership | None:
    """The visitor's membership in the demo."""
    workspace = Workspace.objects.filter(slug=business.SLUG, state=Workspace.State.READY).first()
    return membership_of(request.user.pk, workspace) if workspace else None
