"""Addresses at the root of the installation by which browsers keep the panel as an app."""

from django.urls import path

from apps.panel import installing

urlpatterns = [
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("sw.js", installing.worker, name="worker"),
    path("offline/", installing.offline, name="offline"),
    path("favicon.ico", installing.favicon, name="favicon"),
]
