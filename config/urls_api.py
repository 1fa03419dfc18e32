"""Addresses of the REST API, below /api/: a key says whose workspace it is."""

from django.urls import include, path, re_path
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView

from apps.accounts.api import NothingHere
from apps.bots.api import BotDetail, Bots
from apps.contacts.api import ContactDetail, Contacts
from apps.conversations.api import ConversationDetail, Conversations, Messages
from apps.handoff.api import HandoffDetail, HandoffResolve, Handoffs
from apps.inboxes.api import InboxDetail, Inboxes
from apps.knowledge.api import Ask, SourceDetail, Sources
from apps.knowledge.api_looking import Chunks, Contradictions, Pages, ReadAgain, Stop
from apps.knowledge.api_sources import Files, Products, Questions, Websites
from apps.leads.api import LeadDetail, Leads

version_1 = [
    path("bots/", Bots.as_view()),
    path("bots/<int:pk>/", BotDetail.as_view()),
    path("inboxes/", Inboxes.as_view()),
    path("inboxes/<int:pk>/", InboxDetail.as_view()),
    path("contacts/", Contacts.as_view()),
    path("contacts/<int:pk>/", ContactDetail.as_view()),
    path("leads/", Leads.as_view()),
    path("leads/<int:pk>/", LeadDetail.as_view()),
    path("conversations/", Conversations.as_view()),
    path("conversations/<int:pk>/", ConversationDetail.as_view()),
    path("conversations/<int:pk>/messages/", Messages.as_view()),
    path("handoffs/", Handoffs.as_view()),
    path("handoffs/<int:pk>/", HandoffDetail.as_view()),
    path("handoffs/<int:pk>/resolve/", HandoffResolve.as_view()),
    path("knowledge/sources/", Sources.as_view()),
    path("knowledge/sources/<int:pk>/", SourceDetail.as_view()),
    path("knowledge/sources/<int:pk>/pages/", Pages.as_view()),
    path("knowledge/sources/<int:pk>/chunks/", Chunks.as_view()),
    path("knowledge/sources/<int:pk>/read-again/", ReadAgain.as_view()),
    path("knowledge/sources/<int:pk>/stop/", Stop.as_view()),
    path("knowledge/websites/", Websites.as_view()),
    path("knowledge/files/", Files.as_view()),
    path("knowledge/questions/", Questions.as_view()),
    path("knowledge/products/", Products.as_view()),
    path("bots/<int:pk>/contradictions/", Contradictions.as_view()),
    path("knowledge/ask/", Ask.as_view()),
]

urlpatterns = [
    path("v1/", include(version_1)),
    path("schema/", SpectacularJSONAPIView.as_view(), name="api-schema"),
    path("docs/", TemplateView.as_view(template_name="api_keys/docs.html"), name="api-docs"),
    re_path("", NothingHere.as_view()),
]
