"""Addresses of a bot's knowledge, below /w/<slug>/bots/<bot>/knowledge/."""

from django.urls import path

from apps.knowledge import views

app_name = "knowledge"
urlpatterns = [
    path("", views.sources, name="sources"),
    path("<int:source_pk>/again/", views.again, name="again"),
    path("<int:source_pk>/delete/", views.delete, name="delete"),
]
