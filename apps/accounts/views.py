"""The public pages: home, one's workspaces, one's account, and a sign of life for load balancers."""

from typing import cast

from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.accepting import waiting_for
from apps.accounts.models import User
from apps.accounts.services import memberships_of, rename
from apps.accounts.services import unlink_google as unlink


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What Leadline is, and the way in."""
    if request.user.is_authenticated:
        return redirect("workspaces")
    return render(request, "home.html")


@require_safe
@login_required
def workspaces(request: HttpRequest) -> HttpResponse:
    """The workspaces of the person who is signed in; straight into the only one, unless `?all` asks for the list.

    Who has none sees what they are invited to; who is invited to none starts one. Whoever was deactivated in the
    only one they had is told so there.
    """
    memberships, gone = memberships_of(request.user.pk), memberships_of(request.user.pk, active=False)
    invitations = waiting_for(cast(User, request.user))
    listed = "all" in request.GET or (invitations and not memberships)
    if len(memberships or gone) == 1 and not listed:
        return redirect(f"/w/{(memberships or gone)[0].workspace.slug}/")
    if not memberships and not gone and not invitations:
        return redirect("start")
    return render(request, "workspaces.html", {"memberships": memberships, "gone": gone, "invitations": invitations})


class AccountForm(forms.Form):
    """What a person may change of themselves."""

    name = forms.CharField(label=_("Your name, as your team sees it"), max_length=120, strip=True, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """One's name, and the ways to how one signs in."""
    person = cast(User, request.user)
    form = AccountForm(request.POST if request.method == "POST" else None, initial={"name": person.name})
    if form.is_valid():
        rename(person, form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return redirect("account")
    context = {
        "form": form,
        "google_accounts": list(SocialAccount.objects.filter(user=person, provider="google").order_by("pk")),
        "google_sign_in": settings.GOOGLE_SIGN_IN,
        "second_factor": is_mfa_enabled(person),
    }
    return render(request, "account/account.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def unlink_google(request: HttpRequest) -> HttpResponse:
    """Forgets one of the person's own Google accounts."""
    given = request.POST.get("account", "")
    known = given.isascii() and given.isdigit() and len(given) < 19
    if known and unlink(cast(User, request.user), int(given)):
        messages.success(request, _("Google is unlinked. You sign in with a code by e-mail."))
    return redirect("account")


@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process lives. Touches nothing."""
    return HttpResponse("ok", content_type="text/plain")
