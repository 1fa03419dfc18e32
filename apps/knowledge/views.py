"""The knowledge of a bot as a page: its texts with their state, adding one, reading it again, deleting it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.access import MemberRequest, screen
from apps.bots.models import Bot
from apps.core.forms import posted
from apps.core.pages import page_of
from apps.knowledge import services
from apps.knowledge.forms import TextForm
from apps.knowledge.models import Source

#: Characters of a text that are shown before it is deleted.
SHOWN = 600


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def sources(request: MemberRequest, pk: int) -> HttpResponse:
    """What a bot knows, and a form for more."""
    bot = get_object_or_404(Bot, pk=pk)
    form = TextForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            source = services.add_text(bot, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("text", " ".join(error.messages))
        else:
            said = _("“%(title)s” is being read. %(bot)s knows it in a moment.")
            messages.success(request, said % {"title": source.title, "bot": bot.name})
            return redirect("knowledge:sources", pk=pk)
    found = page_of(Source.objects.filter(bot=bot).defer("text").order_by("-created_at", "-pk"), request)
    reading = any(source.state == Source.State.QUEUED for source in found)
    context = {"bot": bot, "form": form, "sources": found, "reading": reading}
    template = "knowledge/parts/sources.html" if request.htmx else "knowledge/sources.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@screen("manage_bots")
def again(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """Reads a text again, e.g. one that failed."""
    source = _find(pk, source_pk)
    services.read_again(source)
    messages.success(request, _("“%(title)s” is being read again.") % {"title": source.title})
    return redirect("knowledge:sources", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def delete(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """Shows the text and asks once more, then deletes it."""
    source = _find(pk, source_pk)
    if request.method != "POST":
        context = {"bot": source.bot, "source": source, "begins": source.text[:SHOWN], "more": len(source.text) > SHOWN}
        return render(request, "knowledge/delete.html", context)
    services.remove(source)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": source.title})
    return redirect("knowledge:sources", pk=pk)


def _find(bot_pk: int, source_pk: int) -> Source:
    return get_object_or_404(Source.objects.select_related("bot"), pk=source_pk, bot=bot_pk)
