"""Addresses of the panel, below /w/<slug>/."""

from django.urls import path

from apps.panel import audit_views, business_views, onboarding_views
from apps.panel.views import conversing, explaining, printing, reading, selling

app_name = "panel"
urlpatterns = [
    path("", reading.conversations, name="conversations"),
    path("fragments/conversations/", reading.list_pane, name="list-pane"),
    path("changes/", reading.changes, name="changes"),
    path("waiting/", reading.waiting, name="waiting"),
    path("start/", onboarding_views.onboarding, name="onboarding"),
    path("start/dismiss/", onboarding_views.dismiss, name="onboarding-dismiss"),
    path("settings/", business_views.business, name="business"),
    path("settings/audit/", audit_views.audit, name="audit"),
    path("settings/logo/", business_views.logo, name="logo"),
    path("leads/", reading.leads, name="leads"),
    path("leads/<int:pk>/stage/", selling.set_stage, name="lead-stage"),
    path("leads/<int:pk>/assign/", selling.assign, name="lead-assign"),
    path("c/<int:pk>/", reading.conversation, name="conversation"),
    path("c/<int:pk>/print/", printing.printed, name="print"),
    path("c/<int:pk>/fragments/thread/", reading.thread_pane, name="thread-pane"),
    path("c/<int:pk>/fragments/lead/", reading.lead_pane, name="lead-pane"),
    path("c/<int:pk>/reply/", conversing.reply, name="reply"),
    path("c/<int:pk>/take/", conversing.take, name="take"),
    path("c/<int:pk>/resolve/", conversing.resolve, name="resolve"),
    path("c/<int:pk>/ai/", conversing.ai, name="ai"),
    path("c/<int:pk>/seen/", conversing.seen, name="seen"),
    path("c/<int:pk>/messages/<int:message_pk>/why/", explaining.explained, name="why"),
    path("c/<int:pk>/messages/<int:message_pk>/retry/", conversing.retry, name="retry"),
    path("c/<int:pk>/messages/<int:message_pk>/arrived/", conversing.arrived, name="arrived"),
]
