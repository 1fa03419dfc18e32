"""Addresses inside a workspace, below /w/<slug>/."""

from django.urls import include, path

from apps.bots import urls as bots
from apps.conversations.trying import try_bot

urlpatterns = [
    path("", include("apps.panel.urls")),
    path("bots/", include(([*bots.urlpatterns, path("<int:pk>/try/", try_bot, name="try")], bots.app_name))),
    path("bots/<int:pk>/knowledge/", include("apps.knowledge.urls")),
    path("team/", include("apps.accounts.team_urls")),
    path("api-keys/", include("apps.accounts.api_key_urls")),
    path("inboxes/", include("apps.inboxes.urls")),
    path("notices/", include("apps.notices.urls")),
]
