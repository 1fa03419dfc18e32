"""Addresses outside the workspaces."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [path("", include("apps.accounts.urls"))]

if settings.LEADLINE_DEMO:
    urlpatterns.append(path("demo/", include("sandbox.demo.urls")))
