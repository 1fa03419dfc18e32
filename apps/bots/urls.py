"""Addresses of bots, below /w/<slug>/bots/."""

from django.urls import path

from apps.bots import views

app_name = "bots"
urlpatterns = [
    path("", views.bots, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/copy/", views.copy, name="copy"),
    path("<int:pk>/delete/", views.delete, name="delete"),
]
