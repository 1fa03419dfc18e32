"""A conversation on paper: the thread, sheet by sheet when it is long, without what only a screen needs."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.panel import queries, thread
from apps.panel.access import PanelRequest, screen
from apps.panel.views.desk import number

#: Messages that are printed at once; the page leads to older ones.
MOST = 200


@require_safe
@screen()
def printed(request: PanelRequest, pk: int) -> HttpResponse:
    """The thread for who may see it, the newest or what is `before` an id.

    With `notes=1` the team's own notes too, which are not for the contact.
    """
    conversation = get_object_or_404(queries.opened(request.membership), pk=pk)
    notes = request.GET.get("notes") == "1"
    before = number(request, "before")
    sheet = thread.sheet(conversation, notes=notes, most=MOST, before=before)
    now = timezone.localtime()
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "bubbles": sheet.bubbles,
        "older_before": sheet.older_before,
        "newest": before is None,
        "notes": notes,
        "has_notes": thread.has_notes(conversation),
        "first": sheet.bubbles[0].at if sheet.bubbles else None,
        "last": sheet.bubbles[-1].at if sheet.bubbles else None,
        "printed_at": now,
        "zone": f"{timezone.get_current_timezone_name()} (UTC{now:%z})",
        "most": MOST,
    }
    return render(request, "panel/print.html", context)
