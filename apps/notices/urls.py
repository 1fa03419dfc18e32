"""Addresses of the bell, below /w/<slug>/notices/."""

from django.urls import path

from apps.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.history, name="list"),
    path("recent/", views.recent, name="recent"),
    path("news/", views.news, name="news"),
    path("read/", views.read_all, name="read-all"),
    path("choices/", views.choose, name="choose"),
    path("here/", views.here, name="here"),
    path("<int:pk>/", views.follow, name="follow"),
    path("<int:pk>/read/", views.read_one, name="read"),
]
