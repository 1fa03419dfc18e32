"""Enters the workspace that a path names: `/w/<slug>/…`; everything else is the public part."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.tenants.door import enter
from apps.tenants.models import SLUG, Workspace

PREFIX = "/w/"


class WorkspaceMiddleware:
    """Sets `request.tenant` (None in the public part) and runs the request inside that workspace."""

    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Enters a workspace that is ready; any other, or none, is left to the members' door."""
        with enter(None):
            return self._respond(request)

    def _respond(self, request: HttpRequest) -> HttpResponse:
        request.tenant = None  # type: ignore[attr-defined]  # django-tenants' name for it
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        slug, _, rest = request.path_info.removeprefix(PREFIX).partition("/")
        # Only what could be an address is looked for: a path may hold what Postgres cannot, such as NUL.
        known = Workspace.objects.filter(slug=slug).exclude(state=Workspace.State.SUSPENDED)
        workspace = known.first() if SLUG.fullmatch(slug) else None
        if workspace is None:
            return self.get_response(request)  # answered as a stranger is, so that nobody can probe which exist
        if workspace.state != Workspace.State.READY:
            request.setting_up = workspace  # type: ignore[attr-defined]  # its members' door shows how far it is
            return self.get_response(request)
        request.tenant = workspace  # type: ignore[attr-defined]
        request.path_info = f"/{rest}"
        request.urlconf = settings.WORKSPACE_URLCONF
        with enter(workspace):
            return self.get_response(request)
