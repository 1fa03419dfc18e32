"""Handoffs in the REST API: who waits for a person, open one, resolve one."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView, Id, PersonSerializer
from apps.conversations.models import Conversation
from apps.handoff import services
from apps.handoff.models import Handoff

#: All but those of tests of a bot.
SHOWN = Handoff.objects.filter(conversation__inbox__hidden=False).select_related("user")


class HandoffSerializer(serializers.ModelSerializer):
    """People take over a conversation. `user` is who has it."""

    user = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Handoff
        fields = ("id", "conversation", "state", "asked_by", "reason", "user", "opened_at", "resolved_at")
        read_only_fields = fields


class NewHandoff(serializers.Serializer):
    """Which conversation needs a person, and why."""

    conversation = serializers.PrimaryKeyRelatedField(queryset=Conversation.objects.filter(inbox__hidden=False))
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class HandoffFilter(serializers.Serializer):
    """Which handoffs."""

    state = serializers.ChoiceField(choices=Handoff.State.choices, required=False)
    conversation = Id(required=False)


class Handoffs(ListModelMixin, ApiView):
    """The workspace's handoffs."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "handoffs:read", "POST": "handoffs:write"}
    queryset = SHOWN
    serializer_class = HandoffSerializer
    filters = HandoffFilter

    @extend_schema(summary="List handoffs", parameters=[HandoffFilter])
    def get(self, request: Request) -> Response:
        """The newest first."""
        return self.list(request)

    @extend_schema(
        summary="Open a handoff", request=NewHandoff, responses={200: HandoffSerializer, 201: HandoffSerializer}
    )
    def post(self, request: Request) -> Response:
        """Silences the bot and puts the conversation on the waiting list; 200 with the open one if it waits already."""
        asked = NewHandoff(data=request.data)
        asked.is_valid(raise_exception=True)
        conversation = asked.validated_data["conversation"]
        before = services.open_of(conversation.pk)
        handoff = services.open_handoff(
            conversation.pk, asked_by=Handoff.AskedBy.PERSON, reason=asked.validated_data["reason"]
        )
        return Response(self.get_serializer(handoff).data, status=200 if handoff == before else 201)


class HandoffDetail(RetrieveModelMixin, ApiView):
    """One handoff."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "handoffs:read"}
    queryset = SHOWN
    serializer_class = HandoffSerializer

    @extend_schema(summary="See a handoff")
    def get(self, request: Request, pk: int) -> Response:
        """Whether it waits, is somebody's, or is resolved."""
        return self.retrieve(request, pk=pk)


class HandoffResolve(ApiView):
    """The end of a handoff."""

    scopes: ClassVar[Mapping[str, str]] = {"POST": "handoffs:write"}
    queryset = SHOWN
    serializer_class = HandoffSerializer

    @extend_schema(summary="Resolve a handoff", request=None, responses=HandoffSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """The bot answers again. One that is resolved already stays as it is."""
        return Response(self.get_serializer(services.resolve_handoff(self.get_object(), user=None)).data)
