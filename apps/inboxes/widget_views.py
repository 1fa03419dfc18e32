"""The pages of web chats: putting one on a website, and one chat with its look and the line for the website."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.access import MemberRequest, screen
from apps.bots.models import Bot
from apps.core.forms import posted
from apps.core.limits import LimitReached
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.widget_forms import WidgetForm, filled
from apps.inboxes.widgets import change_widget, connect_widget, snippet, websites_of


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def connect(request: MemberRequest) -> HttpResponse:
    """A new web chat."""
    form = WidgetForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            widget = connect_widget(request.tenant, **form.inbox, look=form.look)
        except ValidationError as error:
            form.add_error(None, error)
        except LimitReached as error:
            form.add_error(None, error.text)
        else:
            messages.success(request, _("The chat is ready. One step is left: put its line into your website."))
            return redirect("inboxes:widget", pk=widget.inbox_id)
    context = {"form": form, "has_bot": Bot.objects.exists()}
    return render(request, "widget/connect.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def widget(request: MemberRequest, pk: int) -> HttpResponse:
    """A web chat: its line for the website, its look and its websites."""
    chats = Widget.objects.select_related("inbox__bot").filter(inbox__hidden=False)
    found = get_object_or_404(chats, inbox=pk)
    bound = get_object_or_404(chats, inbox=pk)  # the form writes into its object; the page shows the chat as it is
    form = WidgetForm(posted(request), instance=bound, initial=filled(found.inbox, websites_of(found)))
    if request.method == "POST" and form.is_valid():
        try:
            change_widget(found, **form.inbox, look=form.look)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved. Visitors see it when they next open a page."))
            return redirect("inboxes:widget", pk=pk)
    connected = found.inbox.state != Inbox.State.DISCONNECTED
    line = snippet(settings.BASE_URL, found.inbox.external_key) if connected else ""
    context = {"inbox": found.inbox, "form": form, "line": line}
    return render(request, "widget/settings.html", context, status=422 if form.errors else 200)
