"""The pages of inboxes: list, connecting a number, one inbox, a new token, disconnecting. Changes are POSTs."""

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Max, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import MemberRequest, screen
from apps.bots.models import Bot
from apps.core.crypto import last_four
from apps.core.forms import posted
from apps.core.limits import LimitReached
from apps.core.pages import page_of
from apps.inboxes import services
from apps.inboxes.forms import ConnectForm, InboxForm, ReconnectForm
from apps.inboxes.models import Inbox
from apps.providers import registry
from apps.providers.base import CheckFailed, SendError
from apps.tenants.services import RouteTaken

#: What the page of connecting connects; web chats have a page of their own.
KIND = "whatsapp_cloud"


@require_safe
@screen("manage_inboxes")
def inboxes(request: MemberRequest) -> HttpResponse:
    """The inboxes, the disconnected ones last, a page at a time."""
    shown = Inbox.objects.filter(hidden=False).select_related("bot")
    gone = ExpressionWrapper(Q(state=Inbox.State.DISCONNECTED), output_field=BooleanField())
    found = shown.annotate(heard_at=Max("conversations__last_inbound_at"), gone=gone).order_by("gone", "name", "pk")
    context = {
        "inboxes": page_of(found, request),
        "labels": {kind: registry.label(kind) for kind in registry.kinds()},
        "has_bot": Bot.objects.exists(),
    }
    return render(request, "inboxes/list.html", context)


@sensitive_post_parameters("token", "secret", "verify_token")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def connect(request: MemberRequest) -> HttpResponse:
    """Connects a number; what Meta refuses comes back at its field, and nothing is saved."""
    form = ConnectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            inbox = services.set_up(
                request.tenant,
                provider=KIND,
                setup=form.setup,
                verify_token=form.cleaned_data["verify_token"],
                bot=form.cleaned_data["bot"],
                name=form.cleaned_data["name"],
            )
        except CheckFailed as error:
            form.refuse(error)
        except RouteTaken as error:
            form.add_error("key", str(error))
        except LimitReached as error:
            form.add_error(None, error.text)
        else:
            messages.success(
                request, _("%(inbox)s is connected. One step is left: tell Meta where to post.") % {"inbox": inbox.name}
            )
            return redirect("inboxes:inbox", pk=inbox.pk)
    context = {"form": form, "has_bot": Bot.objects.exists()}
    return render(request, "inboxes/connect.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def inbox(request: MemberRequest, pk: int) -> HttpResponse:
    """An inbox: its state, where the vendor posts, the ends of its secrets, its name and bot."""
    found = _find(pk)
    form = InboxForm(posted(request), instance=_find(pk))
    if request.method == "POST" and form.is_valid():
        services.change(found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("inboxes:inbox", pk=pk)
    hook = services.hook_of(found)
    context = {
        "inbox": found,
        "form": form,
        "label": registry.label(found.provider),
        "posting": services.posting_of(found),
        "by_pasting": found.provider == KIND,
        "token_end": last_four(found.token),
        "secret_end": last_four(next(iter(hook.secret_list), "")) if hook else "",
        "heard_at": found.conversations.aggregate(at=Max("last_inbound_at"))["at"],
    }
    return render(request, "inboxes/inbox.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("token", "secret")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def reconnect(request: MemberRequest, pk: int) -> HttpResponse:
    """A new token, checked before it replaces the old one."""
    found = _find(pk)
    if found.state == Inbox.State.DISCONNECTED or found.provider != KIND:
        messages.error(request, _("%(inbox)s has no token to renew. Connect it again.") % {"inbox": found.name})
        return redirect("inboxes:inbox", pk=pk)
    form = ReconnectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.renew(found, **form.cleaned_data, by=request.membership.user)
        except CheckFailed as error:
            form.refuse(error)
        else:
            messages.success(request, _("%(inbox)s works again. What waited is sent now.") % {"inbox": found.name})
            return redirect("inboxes:inbox", pk=pk)
    context = {"inbox": found, "form": form}
    return render(request, "inboxes/reconnect.html", context, status=422 if form.errors else 200)


@require_POST
@screen("manage_inboxes")
def subscribe(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks Meta to post to this installation, in place of entering the address there by hand."""
    found = _find(pk)
    if found.state == Inbox.State.DISCONNECTED or found.provider != KIND or not found.account_key:
        messages.error(request, _("This inbox cannot ask Meta. Enter the address and the verify token there by hand."))
        return redirect("inboxes:inbox", pk=pk)
    try:
        services.subscribe(found)
    except SendError as error:
        said = error.failure.detail or error.failure.text
        messages.error(
            request, _("Meta did not take the address: %(said)s You can enter it at Meta by hand.") % {"said": said}
        )
    else:
        messages.success(request, _("Meta has checked the address and posts to it from now on."))
    return redirect("inboxes:inbox", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@screen("manage_inboxes")
def disconnect(request: MemberRequest, pk: int) -> HttpResponse:
    """Asks once more, then stops receiving and sending."""
    found = _find(pk)
    if request.method != "POST":
        return render(request, "inboxes/disconnect.html", {"inbox": found})
    if found.state != Inbox.State.DISCONNECTED:
        services.disconnect(request.tenant, found)
    messages.success(request, _("%(inbox)s is disconnected. Its conversations stay.") % {"inbox": found.name})
    return redirect("inboxes:list")


def _find(pk: int) -> Inbox:
    return get_object_or_404(Inbox.objects.select_related("bot", "hook"), pk=pk, hidden=False)
