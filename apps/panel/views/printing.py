"""A conversation on paper: the whole thread, without what only a screen needs."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.panel import queries, thread
from apps.panel.access import PanelRequest, screen

#: The newest messages that are printed; the page says when older ones are left out.
MOST = 1000


@require_safe
@screen()
def printed(request: PanelRequest, pk: int) -> HttpResponse:
    """The thread for who may see it; with `notes=1` the team's own notes too, which are not for the contact."""
    conversation = get_object_or_404(queries.opened(request.membership), pk=pk)
    notes = request.GET.get("notes") == "1"
    whole = thread.whole(conversation, notes=notes, most=MOST)
    now = timezone.localtime()
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "bubbles": whole.bubbles,
        "left_out": whole.left_out,
        "notes": notes,
        "has_notes": thread.has_notes(conversation),
        "first": whole.bubbles[0].at if whole.bubbles else None,
        "last": whole.bubbles[-1].at if whole.bubbles else None,
        "printed_at": now,
        "zone": f"{timezone.get_current_timezone_name()} (UTC{now:%z})",
        "most": MOST,
    }
    return render(request, "panel/print.html", context)
