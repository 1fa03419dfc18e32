"""The public pages: home, the list of one's workspaces, and a sign of life for load balancers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from apps.accounts.services import memberships_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Leadline is, and the way in."""
    if request.user.is_authenticated:
        return redirect("workspaces")
    return render(request, "home.html")


@require_safe
@login_required
def workspaces(request: HttpRequest) -> HttpResponse:
    """The workspaces of the person who is signed in; straight into the only one."""
    memberships = memberships_of(request.user.pk)
    if len(memberships) == 1:
        return redirect(f"/w/{memberships[0].workspace.slug}/")
    return render(request, "workspaces.html", {"memberships": memberships})


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process lives. Touches nothing."""
    return HttpResponse("ok", content_type="text/plain")
