"""Addresses of the demo, below /demo/."""

from django.urls import path

from sandbox.demo import views

urlpatterns = [
    path("", views.side_by_side, name="demo"),
    path("enter/", views.enter, name="demo-enter"),
    path("reset/", views.reset_demo, name="demo-reset"),
]
