"""The pages of bots: list, settings, the switch, a copy, deleting. What changes something is a POST."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import MemberRequest, screen
from apps.accounts.roles import can
from apps.bots import services
from apps.bots.forms import BotForm
from apps.bots.models import Bot
from apps.core.crypto import last_four
from apps.core.forms import posted
from apps.core.limits import LimitReached
from apps.core.pages import page_of

#: Changes of a bot that its page shows.
RECENT = 8


@require_safe
@screen("manage_bots")
def bots(request: MemberRequest) -> HttpResponse:
    """The bots of the workspace, a page at a time."""
    texts, connected = Count("sources", distinct=True), ~Q(inboxes__state="disconnected") & Q(inboxes__hidden=False)
    found = Bot.objects.annotate(texts=texts, lines=Count("inboxes", filter=connected, distinct=True))
    return render(request, "bots/list.html", {"bots": page_of(found.order_by("name", "pk"), request)})


@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def create(request: MemberRequest) -> HttpResponse:
    """A new bot."""
    form = BotForm(
        posted(request),
        initial={"business": request.tenant.name},
        may_set_key=can(request.membership, "manage_model_keys"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            bot = services.create_bot(by=request.membership.user, **form.values)
        except LimitReached as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, _("%(bot)s is ready. Teach it what your customers ask.") % {"bot": bot.name})
            return redirect("bots:edit", pk=bot.pk)
    return render(request, "bots/create.html", {"form": form}, status=422 if form.errors else 200)


@sensitive_post_parameters("api_key")
@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """A bot's settings."""
    bot = get_object_or_404(Bot, pk=pk)
    # The form writes into the object it is given; the page goes on showing the bot as it is.
    form = BotForm(
        posted(request),
        instance=get_object_or_404(Bot, pk=pk),
        may_set_key=can(request.membership, "manage_model_keys"),
    )
    if request.method == "POST" and form.is_valid():
        services.change_bot(bot, by=request.membership.user, **form.values)
        messages.success(request, _("Saved. The next answer is written with these settings."))
        return redirect("bots:edit", pk=bot.pk)
    context = {
        "bot": bot,
        "form": form,
        "key_end": last_four(bot.api_key),
        "changes": bot.changes.select_related("user")[:RECENT],
        "try_url": _try_url(bot),
    }
    return render(request, "bots/edit.html", context, status=422 if form.errors else 200)


@require_POST
@screen("manage_bots")
def switch(request: MemberRequest, pk: int) -> HttpResponse:
    """On (`on=1`) or off, at once."""
    bot = get_object_or_404(Bot, pk=pk)
    on = request.POST.get("on") == "1"
    services.switch_bot(bot, on=on, by=request.membership.user)
    said = _("%(bot)s answers again.") if on else _("%(bot)s is off and answers nobody. People still can.")
    messages.success(request, said % {"bot": bot.name})
    return redirect("bots:list") if request.POST.get("back") == "list" else redirect("bots:edit", pk=pk)


@require_POST
@screen("manage_bots")
def copy(request: MemberRequest, pk: int) -> HttpResponse:
    """A second bot like it."""
    bot = get_object_or_404(Bot, pk=pk)
    try:
        made = services.copy_bot(bot, by=request.membership.user)
    except LimitReached as error:
        messages.error(request, error.text)
        return redirect("bots:edit", pk=pk)
    messages.success(request, _("This is the copy. No inbox uses it yet."))
    return redirect("bots:edit", pk=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_bots")
def delete(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then deletes; says why when something needs the bot."""
    bot = get_object_or_404(Bot, pk=pk)
    if request.method != "POST":
        return render(request, "bots/delete.html", {"bot": bot})
    try:
        services.delete_bot(bot, by=request.membership.user)
    except services.BotInUse as error:
        return render(request, "bots/delete.html", {"bot": bot, "why_not": error.text}, status=409)
    messages.success(request, _("%(bot)s is deleted.") % {"bot": bot.name})
    return redirect("bots:list")


def _try_url(bot: Bot) -> str:
    """The test conversation; empty in an installation without one."""
    try:
        return reverse("bots:try", kwargs={"pk": bot.pk})
    except NoReverseMatch:
        return ""
