"""Lets only members into a workspace: strangers see what they would see if it did not exist.

Programs come in by the API, each with a key of one workspace.
"""

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from apps import tenants
from apps.accounts.acting import actor_of
from apps.accounts.api_keys import key_of
from apps.accounts.models import Membership
from apps.accounts.pace import slow_down_program
from apps.accounts.phrases import progress_of
from apps.accounts.roles import can
from apps.accounts.services import membership_of, note_seen, was_deactivated
from apps.core.actors import acting
from apps.core.api import PROBLEM, problem
from apps.tenants.middleware import PREFIX
from apps.tenants.models import Workspace
from apps.tenants.services import note_activity

SAFE = ("GET", "HEAD")


class ActorMiddleware:
    """Says who acts, to whoever writes a row of the audit log; nobody is looked for before one is written."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Asks the request when a row is written: by then it is known whose session or key it is."""
        with acting(partial(actor_of, request)):
            return self.get_response(request)


class MembershipMiddleware:
    """Sets `request.membership`; every workspace page passes here, so none can forget to ask."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sends nobody to the login page, and answers strangers 404, the same for a workspace that does not exist.

        Members of a workspace that is being set up see how far it is, whatever page of it they ask for.
        """
        workspace = request.tenant  # type: ignore[attr-defined]  # set by WorkspaceMiddleware
        unfinished = getattr(request, "setting_up", None)
        request.membership = None  # type: ignore[attr-defined]  # read by views and templates
        if workspace is None and not request.path.startswith(PREFIX):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        known = workspace or unfinished
        membership = membership_of(request.user.pk, known) if known else None
        if membership is None:
            if known and was_deactivated(request.user.pk, known):
                return _deny(request, known)
            raise Http404("Not a member of this workspace.")
        if unfinished:
            return _show_progress(request, membership)
        note_seen(membership)
        note_activity(workspace)
        request.membership = membership  # type: ignore[attr-defined]  # read by views and templates
        return self.get_response(request)


def _deny(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Says to who was deactivated that they were; an open page of theirs loads itself anew to say so."""
    response = render(request, "team/denied.html", {"workspace": workspace}, status=403)
    response.headers["HX-Refresh"] = "true"
    response.headers["Cache-Control"] = "no-store"
    return response


def _show_progress(request: HttpRequest, membership: Membership) -> HttpResponse:
    context = {
        "workspace": membership.workspace,
        "progress": progress_of(membership.workspace),
        "may_try_again": can(membership, "build_workspace"),
    }
    response = render(request, "start/progress.html", context, status=200 if request.method in SAFE else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


class ApiMiddleware:
    """Runs each request of the API, answer included, inside the workspace of its key: `request.api_key`."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuses who asks too often; who may ask what is the views' to say. Each refusal is a problem document."""
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        key = key_of(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
        request.api_key = key  # type: ignore[attr-defined]  # read by accounts.api
        with tenants.enter(key.workspace if key else None):
            response = slow_down_program(request, key) or self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") != PROBLEM:
            response = problem(response.status_code)
        if key is not None:
            response.headers["Cache-Control"] = "no-store"
        return response
