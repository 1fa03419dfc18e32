"""`/metrics`, for who has the token."""

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from apps.watch import exporting
from apps.watch.asgi import opens

log = logging.getLogger(__name__)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The installation's figures. 404 where no token is set, 401 to who does not show it, 503 without a database."""
    if not settings.METRICS_TOKEN:
        raise Http404("This installation shows no metrics.")
    if not opens(request.headers.get("Authorization", "")):
        words = "Show the installation's METRICS_TOKEN as a bearer token.\n"
        answer = HttpResponse(words, status=401, content_type="text/plain")
        answer["WWW-Authenticate"] = "Bearer"
        return answer
    try:
        return HttpResponse(exporting.page(), content_type=CONTENT_TYPE_LATEST)
    except DatabaseError as error:
        log.warning("The metrics could not be read: %s", type(error).__name__)
        return HttpResponse("The database gave no answer in time.\n", status=503, content_type="text/plain")
