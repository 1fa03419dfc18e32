"""How often the API and the costly pages may be asked, and what who asked too often is told.

What cannot be counted fails closed where it costs (changes, questions to a model, new workspaces) and open where it
is only read.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.translation import ngettext

from apps.accounts.models import ApiKey
from apps.core.api import problem
from apps.core.callers import network_of
from apps.work.rates import Limit, Refused, Uncounted, take

READING = ("GET", "HEAD", "OPTIONS")
#: Seconds after which to try again when a request could not be counted, and when nobody says how long to wait.
UNCOUNTED_WAIT, UNKNOWN_WAIT = 5, 60

View = Callable[..., HttpResponse]


def slow_down_program(request: HttpRequest, key: ApiKey | None) -> HttpResponse | None:
    """Counts a request of the API; the refusal as a problem document, or None when it may go on.

    A key is counted per address and method, and everybody by network, whatever workspaces their keys are of: whoever
    starts twenty workspaces asks no more often than who has one.
    """
    per_hour = Limit("api.network", settings.API_REQUESTS_PER_HOUR, 3600)
    asked = [(per_hour, network_of(request))]
    if key is not None:
        per_minute = Limit("api.key", settings.API_REQUESTS_PER_MINUTE, 60)
        asked.append((per_minute, f"{key.pk} {_endpoint(request)}"))
    try:
        refused = take(*asked)
    except Uncounted:
        if request.method in READING:
            return None
        return problem(
            503, detail="Requests cannot be counted now. Nothing was changed; try again.", wait=UNCOUNTED_WAIT
        )
    return problem(429, detail=_said(refused), wait=refused.wait) if refused else None


def paced(limit: Limit, *, network_most: int) -> Callable[[View], View]:
    """Lets a person POST so often, and all from one network `network_most` times in the same time. Fails closed."""
    by_network = replace(limit, name=f"{limit.name}.network", most=network_most)

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.method != "POST":
                return view(request, *args, **kwargs)
            try:
                refused = take((limit, str(request.user.pk)), (by_network, network_of(request)))
            except Uncounted:
                return too_often(request, wait=UNCOUNTED_WAIT)
            return too_often(request, wait=refused.wait) if refused else view(request, *args, **kwargs)

        return answered

    return decorate


def too_often(request: HttpRequest, exception: object = None, *, wait: int = UNKNOWN_WAIT) -> HttpResponse:
    """The page for a person who asked too often; django-allauth shows it too, by `handler429` of the addresses."""
    minutes = -(-wait // 60)
    said = ngettext("Try again in a minute.", "Try again in %(minutes)d minutes.", minutes) % {"minutes": minutes}
    response = render(request, "429.html", {"when": said}, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _endpoint(request: HttpRequest) -> str:
    """Method and pattern: another id, spelling or HEAD instead of GET is no other address."""
    try:
        route = resolve(request.path_info).route
    except Resolver404:
        route = ""
    return f"{'GET' if request.method == 'HEAD' else request.method} {route}"


def _said(refused: Refused) -> str:
    often = f"{refused.limit.most:,} requests in {'a minute' if refused.limit.seconds == 60 else 'an hour'}"
    where = "of this key to this address" if refused.limit.name == "api.key" else "from your network"
    return f"More than {often} {where}. Go on in {refused.wait} s."
