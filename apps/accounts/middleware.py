"""Lets only members into a workspace: strangers see what they would see if it did not exist."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from apps.accounts.services import membership_of
from apps.tenants.middleware import PREFIX


class MembershipMiddleware:
    """Sets `request.membership`; every workspace page passes here, so none can forget to ask."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sends nobody to the login page, and answers strangers 404, the same for a workspace that does not exist."""
        workspace = request.tenant  # type: ignore[attr-defined]  # set by WorkspaceMiddleware
        request.membership = None  # type: ignore[attr-defined]  # read by views and templates
        if workspace is None and not request.path.startswith(PREFIX):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        membership = membership_of(request.user.pk, workspace) if workspace else None
        if membership is None:
            raise Http404("Not a member of this workspace.")
        request.membership = membership  # type: ignore[attr-defined]  # read by views and templates
        return self.get_response(request)
