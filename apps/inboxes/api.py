"""Inboxes in the REST API: to be seen only. They are connected on their page, where the vendor is asked.

What hangs on a hidden inbox, a test of a bot, is nowhere in the API.
"""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView
from apps.core.crypto import last_four
from apps.inboxes.models import Inbox


class InboxSerializer(serializers.ModelSerializer):
    """An inbox, of its token the last four characters."""

    token_last_four = serializers.SerializerMethodField()

    class Meta:
        model = Inbox
        fields = (
            *("id", "bot", "provider", "external_key", "name", "address", "state", "trouble"),
            *("token_last_four", "created_at"),
        )
        read_only_fields = fields

    def get_token_last_four(self, inbox: Inbox) -> str:
        """By which its owner knows the token again; empty without one."""
        return last_four(inbox.token)


class Inboxes(ListModelMixin, ApiView):
    """The workspace's inboxes."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "inboxes:read"}
    queryset = Inbox.objects.filter(hidden=False)
    serializer_class = InboxSerializer

    @extend_schema(summary="List inboxes")
    def get(self, request: Request) -> Response:
        """The newest first, disconnected ones included."""
        return self.list(request)


class InboxDetail(RetrieveModelMixin, ApiView):
    """One inbox."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "inboxes:read"}
    queryset = Inbox.objects.filter(hidden=False)
    serializer_class = InboxSerializer

    @extend_schema(summary="See an inbox")
    def get(self, request: Request, pk: int) -> Response:
        """What it is connected to, and what is wrong with it if anything is."""
        return self.retrieve(request, pk=pk)
