"""Addresses for programs that look after the installation."""

from django.urls import path

from apps.watch import views

urlpatterns = [path("metrics", views.metrics, name="metrics")]
