"""Addresses inside a workspace, below /w/<slug>/."""

from django.urls import include, path

urlpatterns = [path("", include("apps.panel.urls"))]
