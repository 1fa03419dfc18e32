"""Addresses of inboxes, below /w/<slug>/inboxes/."""

from django.urls import path

from apps.inboxes import views, widget_views

app_name = "inboxes"
urlpatterns = [
    path("", views.inboxes, name="list"),
    path("connect/", views.connect, name="connect"),
    path("web-chat/", widget_views.connect, name="widget-connect"),
    path("<int:pk>/", views.inbox, name="inbox"),
    path("<int:pk>/web-chat/", widget_views.widget, name="widget"),
    path("<int:pk>/reconnect/", views.reconnect, name="reconnect"),
    path("<int:pk>/subscribe/", views.subscribe, name="subscribe"),
    path("<int:pk>/disconnect/", views.disconnect, name="disconnect"),
]
