"""The page of the business's own name, time zone and logo, and the logo for the pages that show it."""

import logging

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.access import MemberRequest, refused, screen
from apps.accounts.roles import can
from apps.panel.business_forms import BusinessForm
from apps.tenants.business import change_business, set_logo
from apps.tenants.files import handed_out

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_workspace")
def business(request: MemberRequest) -> HttpResponse:
    """Shows and changes what the business says of itself; a wrong field changes nothing of it."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BusinessForm(*posted, workspace=request.tenant)
    if posted and form.is_valid() and _changed(request, form):
        messages.success(request, _("Saved."))
        return redirect("panel:business")
    return render(request, "settings/business.html", {"form": form}, status=422 if form.errors else 200)


def _changed(request: MemberRequest, form: BusinessForm) -> bool:
    """Does what the form asks for; False when it cannot be done, which then stands in the form."""
    workspace, wanted = request.tenant, form.cleaned_data
    try:
        if wanted["logo"] is not None or form.forgets_logo:
            set_logo(workspace, wanted["logo"])
        change_business(workspace, name=wanted["name"], time_zone=wanted["time_zone"])
    except ValidationError as error:
        form.add_error(None, error)
    except OSError:
        log.exception("A logo could not be stored")
        form.add_error("logo", _("The picture could not be stored on our side. Nothing was changed; try again."))
    return not form.errors


@require_safe
def logo(request: MemberRequest) -> HttpResponse:
    """The logo, for members. Its address carries a version, so a browser may keep it; 404 without one."""
    if not can(request.membership, "see_panel"):
        return refused(request)
    if not request.tenant.logo:
        raise Http404("This business has no logo.")
    return handed_out(request.tenant.logo, shown_as="logo")
