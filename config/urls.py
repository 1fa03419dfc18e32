"""Addresses outside the workspaces."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("apps.accounts.urls")),
    path("", include("apps.panel.public_urls")),
    path("chat/<str:key>/", include("apps.conversations.urls")),
    path("api/", include("config.urls_api")),
    path("admin/", include("apps.staff.urls")),
]

if settings.LEADLINE_DEMO:
    urlpatterns.append(path("demo/", include("sandbox.demo.urls")))
