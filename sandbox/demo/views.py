"""The way into the demo, and the page with a customer's phone beside the panel. Development only."""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import User
from sandbox.demo import business


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Signs the visitor in as the demo's owner."""
    owner = get_object_or_404(User, email=business.OWNER)
    login(request, owner, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("demo")


@require_safe
def side_by_side(request: HttpRequest) -> HttpResponse:
    """Phone and panel; whoever has not entered goes home first."""
    if not request.user.is_authenticated:
        return redirect("home")
    phone = urlencode({"number": business.PHONE_NUMBER_ID, "person": business.CUSTOMER_PHONE})
    return render(
        request,
        "demo/side_by_side.html",
        {"phone_url": f"{settings.SANDBOX_WORLD_URL}/phone/?{phone}", "panel_url": f"/w/{business.SLUG}/"},
    )
