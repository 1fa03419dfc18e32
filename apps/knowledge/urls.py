"""Addresses of a bot's knowledge, below /w/<slug>/bots/<bot>/knowledge/."""

from django.urls import path

from apps.knowledge import views
from apps.knowledge.forms import FORMS

app_name = "knowledge"
urlpatterns = [
    path("", views.sources, name="sources"),
    path("ask/", views.ask, name="ask"),
    *[path(f"add/{kind}/", views.add, {"kind": kind}, name=f"add-{kind}") for kind in FORMS],
    path("<int:source_pk>/", views.source, name="source"),
    path("<int:source_pk>/again/", views.again, name="again"),
    path("<int:source_pk>/stop/", views.stop, name="stop"),
    path("<int:source_pk>/delete/", views.delete, name="delete"),
]
