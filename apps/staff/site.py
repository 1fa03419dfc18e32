"""The admin's site: its few addresses, who may see it, and what stands in its navigation.

Nothing registers by itself: what is not listed in apps/staff/admin is not there, secrets of libraries first of all.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe
from unfold.sites import UnfoldAdminSite

from apps.staff import figures, system
from apps.staff.door import is_staff


@dataclass(frozen=True)
class Place:
    """A line of the navigation: a name, an icon of the Material Symbols font, the URL's name."""

    title: str | Promise
    icon: str
    name: str


NAVIGATION: dict[str | Promise, tuple[Place, ...]] = {
    "": (
        Place(_("Overview"), "space_dashboard", "admin:index"),
        Place(_("System"), "monitor_heart", "admin:system"),
    ),
    _("Customers"): (
        Place(_("Workspaces"), "storefront", "admin:tenants_workspace_changelist"),
        Place(_("People"), "group", "admin:accounts_user_changelist"),
    ),
    _("Messages"): (
        Place(_("Deliveries"), "move_to_inbox", "admin:ingest_delivery_changelist"),
        Place(_("Quarantine"), "inventory_2", "admin:ingest_quarantined_changelist"),
        Place(_("Work"), "checklist", "admin:work_workitem_changelist"),
    ),
    _("Staff"): (
        Place(_("Visits"), "login", "admin:staff_visit_changelist"),
        Place(_("Looks"), "visibility", "admin:staff_look_changelist"),
        Place(_("Changes"), "history", "admin:admin_logentry_changelist"),
    ),
}


class StaffSite(UnfoldAdminSite):
    """/admin/: the door is apps.staff.middleware; this asks once more."""

    index_title = _("Overview")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, whatever else they may or may not."""
        return is_staff(request)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The overview, the lists, and what their scripts say; no password of Django's, no shortcuts to other sites."""
        lists = [
            path(f"{model._meta.app_label}/{model._meta.model_name}/", include(screen.urls))
            for model, screen in self._registry.items()
        ]
        return [
            path("", self.admin_view(require_safe(self.index)), name="index"),
            path("login/", require_http_methods(["GET", "HEAD", "POST"])(self.login), name="login"),
            path("system/", self.admin_view(require_safe(self.system)), name="system"),
            *lists,
        ]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way in for everybody, and whoever got here has taken it."""
        return HttpResponseRedirect(reverse("admin:index"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows beside its own."""
        return {
            "has_permission": self.has_permission(request),
            "navigation": _navigation(request),
            "is_popup": False,
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The figures, each with the way to its list."""
        context = {**self.each_context(request), "title": self.index_title, "figures": figures.overview()}
        return render(request, "admin/index.html", {**context, **(extra_context or {})})

    def system(self, request: HttpRequest) -> HttpResponse:
        """How every part stands, what is wrong, and the last day in graphs."""
        context = {**self.each_context(request), "title": _("System"), "spans": system.SPANS, **system.context()}
        return render(request, "staff/system.html", context)


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    groups = []
    for title, places in NAVIGATION.items():
        items = []
        for place in places:
            url = reverse(place.name)
            here = request.path == url if place.name == "admin:index" else request.path.startswith(url)
            items.append({"title": place.title, "icon": place.icon, "url": url, "here": here})
        groups.append({"title": title, "items": items})
    return groups


staff_site = StaffSite()
staff_site.disable_action("delete_selected")
