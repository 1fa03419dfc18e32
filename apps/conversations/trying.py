"""The bot page's “try it”: a conversation with the bot in the real web chat, on the real path, seen by nobody else."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.access import MemberRequest, screen
from apps.bots.models import Bot
from apps.inboxes.widgets import begin_test, tried_by, websites_of


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def try_bot(request: MemberRequest, pk: int) -> HttpResponse:
    """The conversation; a POST makes the hidden inbox that it needs, once per bot and address of these pages."""
    bot = get_object_or_404(Bot, pk=pk)
    here = request.build_absolute_uri("/").rstrip("/")
    if request.method == "POST":
        try:
            begin_test(request.tenant, bot, website=here)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("bots:try", pk=bot.pk)
    widget = tried_by(bot)
    ready = widget is not None and here in websites_of(widget)
    context = {"bot": bot, "key": widget.inbox.external_key if widget and ready else "", "host": urlsplit(here).netloc}
    return render(request, "widget/try.html", context)
