"""What a browser asks for to keep the panel as an app: manifest, service worker, the page for when there is no network.

The same for everybody, so none of it looks at who asks.
"""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

#: The colour around the page before it is painted; the same as in base.html and theme.js.
PAPER = "#eff5f6"
ICONS = (
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """How Leadline looks on a phone's home screen, and that it opens at one's own workspaces."""
    said = {
        "id": "/",
        "name": "Leadline",
        "short_name": "Leadline",
        "description": _("Conversations and leads of your business."),
        "start_url": "/workspaces/",
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker; its text changes with the page it keeps and the names of that page's files."""
    version = sha256(render_to_string("offline.html").encode()).hexdigest()[:12]
    return HttpResponse(render_to_string("sw.js", {"version": version}), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows when the network is away."""
    return HttpResponse(render_to_string("offline.html"))


class Favicon(RedirectView):
    """Where browsers look that show something else than a page of ours."""

    http_method_names = ["get", "head"]

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        """The icon's real address."""
        return static("icons/favicon.ico")


favicon = Favicon.as_view()
