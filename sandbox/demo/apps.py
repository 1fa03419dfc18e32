"""Installed only with LEADLINE_DEMO."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo workspace and the page with phone and panel side by side."""

    name = "sandbox.demo"
    label = "demo"
