"""Who may see a page of a workspace, and in whose clock: the decorator of every view inside one."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from apps.accounts.models import Membership
from apps.accounts.roles import can
from apps.tenants.business import business_zone
from apps.tenants.models import Workspace

#: Set by panel.js to the browser's own zone, so that days and times are those on the reader's wall.
ZONE_COOKIE = "zone"


class MemberRequest(HttpRequest):
    """A request of a member, as the middleware hands it to a view."""

    membership: Membership
    tenant: Workspace
    htmx: HtmxDetails


View = Callable[..., HttpResponse]


def screen(needs: str = "see_panel") -> Callable[[View], View]:
    """Lets only members with this permission in (403 otherwise) and shows times in their zone. Never cached."""

    def wrap(view: View) -> View:
        @never_cache
        @wraps(view)
        def shown(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not can(request.membership, needs):
                return refused(request)
            with timezone.override(zone_of(request)):
                return view(request, *args, **kwargs)

        return shown

    return wrap


def refused(request: MemberRequest) -> HttpResponse:
    """What a member sees whose role does not allow it: a page, or a line on an open page."""
    if not request.htmx:
        return render(request, "403.html", status=403)
    response = render(request, "panel/parts/refused.html", status=403)
    return reswap(retarget(response, "#notice"), "innerHTML")


def zone_of(request: HttpRequest) -> ZoneInfo | None:
    """The browser's zone; the business's when it names none that exists; None is the installation's."""
    try:
        return ZoneInfo(request.COOKIES.get(ZONE_COOKIE, "").replace("%2F", "/"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return business_zone(getattr(request, "tenant", None))
