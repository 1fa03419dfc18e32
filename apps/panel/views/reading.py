"""Pages and fragments that show and change nothing."""

from datetime import datetime

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.leads.models import Lead
from apps.panel import queries
from apps.panel.access import PanelRequest, screen
from apps.panel.views.desk import (
    lead_context,
    lead_fragment,
    list_context,
    number,
    thread_context,
    thread_fragment,
)

#: Pages of leads that can be asked for.
MOST_PAGES = 10_000


@require_safe
@screen()
def conversations(request: PanelRequest) -> HttpResponse:
    """The list, with no conversation open."""
    return _desk(request, list_context(request, None))


@require_safe
@screen()
def conversation(request: PanelRequest, pk: int) -> HttpResponse:
    """The list, a conversation's thread and its lead card."""
    found = get_object_or_404(queries.opened(request.membership), pk=pk)
    context = {**list_context(request, found), **thread_context(request, found), **lead_context(request, found)}
    return _desk(request, context)


@vary_on_headers("HX-Target")
def _desk(request: PanelRequest, context: dict[str, object]) -> HttpResponse:
    """The whole page, or only its panes when they replace those of an open page."""
    inside = bool(request.htmx) and (request.htmx.target or "").endswith("#desk")
    return render(request, "panel/parts/desk.html" if inside else "panel/conversations.html", context)


@require_safe
@screen()
def list_pane(request: PanelRequest) -> HttpResponse:
    """The list alone; `open` says which conversation is marked as the present one."""
    here = queries.visible(request.membership).filter(pk=number(request, "open") or 0).first()
    return render(request, "panel/parts/list.html", {**list_context(request, here), "fragment": True})


@require_safe
@screen()
def thread_pane(request: PanelRequest, pk: int) -> HttpResponse:
    """The thread alone: everything after `after`, so that states of older messages are brought up to date too."""
    return thread_fragment(request, get_object_or_404(queries.opened(request.membership), pk=pk))


@require_safe
@screen()
def lead_pane(request: PanelRequest, pk: int) -> HttpResponse:
    """The lead card alone."""
    return lead_fragment(request, get_object_or_404(queries.opened(request.membership), pk=pk))


@require_safe
@screen()
def waiting(request: PanelRequest) -> HttpResponse:
    """Who waits for a person, and whom somebody already has."""
    context = {"handoffs": queries.waiting(request.membership), "waiting": queries.waiting_count(request.membership)}
    return render(request, "panel/parts/waiting.html" if request.htmx else "panel/waiting.html", context)


@require_safe
@screen()
def leads(request: PanelRequest) -> HttpResponse:
    """The leads of a stage, or of all, the last changed first, a `page` at a time."""
    stage = request.GET["stage"] if request.GET.get("stage") in set(Lead.Stage) else ""
    page = min(number(request, "page") or 1, MOST_PAGES)
    found = queries.leads(request.membership).order_by("-changed_at", "-pk")
    start = (page - 1) * queries.PAGE
    rows = list((found.filter(stage=stage) if stage else found)[start : start + queries.PAGE + 1])
    counts = queries.leads_by_stage(request.membership)
    context = {
        "leads": rows[: queries.PAGE],
        "next_page": page + 1 if len(rows) > queries.PAGE else None,
        "previous_page": page - 1 if page > 1 else None,
        "page": page,
        "stage": stage,
        "stages": [(one, counts[one]) for one in Lead.Stage],
        "total": sum(counts.values()),
        "waiting": queries.waiting_count(request.membership),
    }
    return render(request, "panel/parts/leads.html" if request.htmx else "panel/leads.html", context)


@require_safe
@screen()
def changes(request: PanelRequest) -> HttpResponse:
    """What changed `since` an instant: {"conversations": [id], "anything": bool, "at": what to ask with next}."""
    now = timezone.now()
    since = _instant(request.GET.get("since", ""))
    if since is None:
        return JsonResponse({"error": "Give since= as an ISO 8601 time with its zone."}, status=400)
    found = queries.changes(request.membership, since)
    return JsonResponse({"conversations": found.conversations, "anything": found.anything, "at": now.isoformat()})


def _instant(given: str) -> datetime | None:
    """The time, None for what is none, has no zone, or lies where dates end and cannot be reckoned with."""
    try:
        found = parse_datetime(given.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) and 1 < found.year < 9999 else None
