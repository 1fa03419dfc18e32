"""What a person does to a lead. Every one is a POST."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from apps.leads import services
from apps.leads.models import Lead
from apps.panel import queries
from apps.panel.access import PanelRequest, problem, screen
from apps.panel.views.desk import lead_fragment


@require_POST
@screen("work_leads")
def set_stage(request: PanelRequest, pk: int) -> HttpResponse:
    """Moves the lead to the stage named."""
    stage = request.POST.get("stage", "")
    if stage not in set(Lead.Stage):
        return problem(request, _("There is no such stage."), back=reverse("panel:leads"))
    return _do(request, pk, lambda lead: services.set_stage(lead, Lead.Stage(stage), by=request.membership.user))


@require_POST
@screen("work_leads")
def assign(request: PanelRequest, pk: int) -> HttpResponse:
    """Gives the lead to who asks."""
    return _do(request, pk, lambda lead: services.assign(lead, request.membership.user))


def _do(request: PanelRequest, pk: int, act: Callable[[Lead], object]) -> HttpResponse:
    lead = get_object_or_404(queries.leads(request.membership), pk=pk)
    shown = lead.conversation  # type: ignore[attr-defined]  # annotated by queries.leads
    back = reverse("panel:conversation", kwargs={"pk": shown})
    try:
        act(lead)
    except ValidationError as error:
        return problem(request, " ".join(error.messages), back=back)
    if not request.htmx:
        return redirect(back)
    response = lead_fragment(request, queries.opened(request.membership).get(pk=shown))
    for event in ("live:list", "live:thread"):
        trigger_client_event(response, event, {})
    return response
