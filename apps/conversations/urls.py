"""Addresses for visitors of a web chat, below /chat/<key>/."""

from django.urls import path

from apps.conversations import visitors

app_name = "chat"
urlpatterns = [
    path("hello/", visitors.hello, name="hello"),
    path("logo/", visitors.logo, name="logo"),
    path("messages/", visitors.messages, name="messages"),
]
