"""Addresses outside the workspaces."""

from django.conf import settings
from django.urls import include, path

handler429 = "apps.accounts.pace.too_often"  # django-allauth looks for it
urlpatterns = [
    path("", include("apps.accounts.urls")),
    path("", include("apps.panel.public_urls")),
    path("chat/<str:key>/", include("apps.conversations.urls")),
    path("api/", include("config.urls_api")),
    path("admin/", include("apps.staff.urls")),
    path("", include("apps.watch.urls")),
]

if settings.LEADLINE_DEMO:
    urlpatterns.append(path("demo/", include("sandbox.demo.urls")))
