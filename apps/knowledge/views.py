"""The knowledge of a bot as pages: its sources, one of them, adding, asking, reading again, stopping, deleting."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import MemberRequest, screen
from apps.bots.models import Bot
from apps.core.forms import posted
from apps.core.pages import page_of
from apps.knowledge import services
from apps.knowledge.asking import ask as ask_knowledge
from apps.knowledge.contradictions import contradictions
from apps.knowledge.forms import FORMS, TextForm
from apps.knowledge.looking import chunks_of, progress_of, sources_of, troubles_of
from apps.knowledge.models import Source
from apps.knowledge.search import MOST_QUESTION

#: Characters of a text that are shown before it is deleted, and troubles of a source that are listed.
SHOWN = 600
MOST_TROUBLES = 100


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def sources(request: MemberRequest, pk: int) -> HttpResponse:
    """What a bot knows, what contradicts itself, and a form for a text more."""
    bot = get_object_or_404(Bot, pk=pk)
    form = TextForm(posted(request))
    if request.method == "POST" and form.is_valid() and (source := form.add_to(bot)):
        return _added(request, source)
    found = page_of(sources_of(bot), request)
    context = {"bot": bot, "form": form, "sources": found, "reading": any(one.is_under_way for one in found)}
    if request.htmx:
        return render(request, "knowledge/parts/sources.html", context)
    context["contradictions"] = contradictions(bot)
    return render(request, "knowledge/sources.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def add(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """A form for a source of one kind."""
    bot = get_object_or_404(Bot, pk=pk)
    posted_all = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FORMS[kind](*posted_all)
    if posted_all and form.is_valid() and (source := form.add_to(bot)):
        return _added(request, source)
    context = {"bot": bot, "form": form, "kind": kind}
    return render(request, "knowledge/add.html", context, status=422 if form.errors else 200)


@require_safe
@screen("manage_bots")
def source(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """One source: how far it is, what went wrong, and its chunks, in which one can search."""
    row = _find(pk, source_pk)
    troubles = troubles_of(row)
    context = {
        **{"bot": row.bot, "source": row, "progress": progress_of(row)},
        **{"troubles": troubles[:MOST_TROUBLES], "troubles_more": max(troubles.count() - MOST_TROUBLES, 0)},
    }
    if request.htmx:
        return render(request, "knowledge/parts/progress.html", context)
    words = request.GET.get("q", "")[:200]
    context |= {"chunks": page_of(chunks_of(row, words), request), "words": words}
    return render(request, "knowledge/source.html", context)


@require_safe
@screen("manage_bots")
def ask(request: MemberRequest, pk: int) -> HttpResponse:
    """What the bot would be given to answer this question from. No model answers, nothing is kept."""
    bot = get_object_or_404(Bot, pk=pk)
    question = request.GET.get("q", "")[:MOST_QUESTION].strip()
    context = {"bot": bot, "question": question, "found": ask_knowledge(bot, question) if question else []}
    template = "knowledge/parts/found.html" if request.htmx else "knowledge/ask.html"
    return render(request, template, context)


@require_POST
@screen("manage_bots")
def again(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """Reads a source again, e.g. one that failed or a website that has changed."""
    row = _find(pk, source_pk)
    services.read_again(row)
    messages.success(request, _("“%(title)s” is being read again.") % {"title": row.title})
    return _back(request, row)


@require_POST
@screen("manage_bots")
def stop(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """Reads no more of a source; what was read stays."""
    row = _find(pk, source_pk)
    if services.stop(row):
        messages.success(request, _("“%(title)s” is not read any further.") % {"title": row.title})
    return _back(request, row)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def delete(request: MemberRequest, pk: int, source_pk: int) -> HttpResponse:
    """Shows what it is and asks once more, then deletes it."""
    row = _find(pk, source_pk)
    if request.method != "POST":
        context = {"bot": row.bot, "source": row, "begins": row.text[:SHOWN], "more": len(row.text) > SHOWN}
        return render(request, "knowledge/delete.html", {**context, "chunks": row.chunks.count()})
    services.remove(row)
    messages.success(request, _("“%(title)s” is deleted.") % {"title": row.title})
    return redirect("knowledge:sources", pk=pk)


def _find(bot_pk: int, source_pk: int) -> Source:
    return get_object_or_404(Source.objects.select_related("bot").defer("robots"), pk=source_pk, bot=bot_pk)


def _added(request: MemberRequest, added: Source) -> HttpResponse:
    said = _("“%(title)s” is being read. %(bot)s knows it in a moment.")
    messages.success(request, said % {"title": added.title, "bot": added.bot.name})
    if added.kind == Source.Kind.TEXT:
        return redirect("knowledge:sources", pk=added.bot_id)
    return redirect("knowledge:source", pk=added.bot_id, source_pk=added.pk)


def _back(request: MemberRequest, row: Source) -> HttpResponse:
    if request.POST.get("back") == "source":
        return redirect("knowledge:source", pk=row.bot_id, source_pk=row.pk)
    return redirect("knowledge:sources", pk=row.bot_id)
