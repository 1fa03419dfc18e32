"""Why a message was answered as it was, or not at all."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.conversations.models import Message
from apps.panel import queries
from apps.panel.access import PanelRequest, screen
from apps.panel.why import why


@require_safe
@screen()
def explained(request: PanelRequest, pk: int, message_pk: int) -> HttpResponse:
    """Everything that happened to a message, for who may see its conversation. Notes of the team have no such page."""
    conversation = get_object_or_404(queries.opened(request.membership), pk=pk)
    messages = Message.objects.filter(conversation=conversation).exclude(author=Message.Author.NOTE)
    message = get_object_or_404(messages, pk=message_pk)
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "message": message,
        "why": why(conversation, message),
        "waiting": queries.waiting_count(request.membership),
    }
    return render(request, "panel/why.html", context)
