"""Starting a workspace: the form, how far it is, and another try when it failed."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import services
from apps.accounts.models import Membership
from apps.accounts.pace import paced
from apps.accounts.phrases import progress_of
from apps.accounts.roles import can
from apps.tenants.models import Workspace
from apps.work.rates import Limit

#: Each is a schema and its tables.
STARTS = Limit("start", most=10, seconds=3600)


class StartForm(forms.Form):
    """The business's name, and its address when they want another one than the suggested."""

    name = forms.CharField(label=_("Name of the business"), max_length=120, strip=True)
    slug = forms.CharField(label=_("Address"), max_length=40, strip=True, required=False)

    def clean_slug(self) -> str:
        """Capitals are as good as small letters."""
        return str(self.cleaned_data["slug"]).lower()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@paced(STARTS, network_most=30)
def start(request: HttpRequest) -> HttpResponse:
    """Asks for a name; then the workspace's own page shows how far it is."""
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        workspace = _start(request.user, form)
        if workspace is not None:
            return redirect(_page_of(workspace))
    first = not services.memberships_of(request.user.pk)
    return render(request, "start/start.html", {"form": form, "first": first}, status=422 if form.errors else 200)


@require_safe
@never_cache
@login_required
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far the workspace is, for the page that waits."""
    return JsonResponse(progress_of(_member(request, slug).workspace))


@require_POST
@login_required
@paced(Limit("start.again", most=30, seconds=3600), network_most=90)
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """Builds once more what failed. Only who may manage it may ask."""
    membership = _member(request, slug)
    if not can(membership, "build_workspace"):
        return render(request, "403.html", status=403)
    if membership.workspace.state == Workspace.State.SETTING_UP:
        services.have_built(membership.workspace)
    return redirect(_page_of(membership.workspace))


def _start(owner: Any, form: StartForm) -> Workspace | None:
    try:
        return services.start_workspace(owner, **form.cleaned_data)
    except ValidationError as error:
        said = error.message_dict if hasattr(error, "error_dict") else {"slug": error.messages}
        for field, texts in said.items():
            for text in texts:
                form.add_error(field if field in form.fields else None, text)
        return None


def _member(request: HttpRequest, slug: str) -> Membership:
    found = (member for member in services.memberships_of(request.user.pk) if member.workspace.slug == slug)
    membership = next(found, None)
    if membership is None or membership.workspace.state == Workspace.State.SUSPENDED:
        raise Http404("Not a member of this workspace.")
    return membership


def _page_of(workspace: Workspace) -> str:
    return f"/w/{workspace.slug}/"
