"""The page of the first steps, and putting them aside."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import MemberRequest, screen
from apps.bots.services import dismiss_first_steps, first_steps_dismissed
from apps.panel.onboarding import first_steps


@require_safe
@screen("manage_bots")
def onboarding(request: MemberRequest) -> HttpResponse:
    """What is done of the first steps, and what comes next."""
    context = {"first": first_steps(request.membership), "dismissed": first_steps_dismissed()}
    return render(request, "panel/onboarding.html", context)


@require_POST
@screen("manage_bots")
def dismiss(request: MemberRequest) -> HttpResponse:
    """Takes the first steps out of everybody's navigation."""
    dismiss_first_steps(request.membership.user)
    messages.info(request, _("The first steps are put aside for everybody here."))
    return redirect("panel:conversations")
