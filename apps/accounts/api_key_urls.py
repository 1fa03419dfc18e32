"""Addresses of the page of API keys, below /w/<slug>/api-keys/."""

from django.urls import path

from apps.accounts import api_key_views

app_name = "api_keys"
urlpatterns = [
    path("", api_key_views.keys, name="list"),
    path("<int:pk>/revoke/", api_key_views.revoke_key, name="revoke"),
]
