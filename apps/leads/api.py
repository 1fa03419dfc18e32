"""Leads in the REST API: see them, and move them through the sale."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView, Id, PersonSerializer
from apps.leads import services
from apps.leads.models import Lead

#: Whoever only tried a bot out is no buyer.
SHOWN = Lead.objects.exclude(contact__conversations__inbox__hidden=True).select_related("vendor")


class LeadSerializer(serializers.ModelSerializer):
    """The sales record of a contact with a bot. `values` are the known fields, `missing` the names of the others."""

    values = serializers.DictField(child=serializers.CharField(), read_only=True)
    missing = serializers.ListField(child=serializers.CharField(), read_only=True)
    vendor = PersonSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Lead
        fields = ("id", "contact", "bot", "stage", "values", "missing", "vendor", "created_at", "changed_at")
        read_only_fields = fields


class StageSerializer(serializers.Serializer):
    """Where the lead shall be."""

    stage = serializers.ChoiceField(choices=Lead.Stage.choices)


class LeadFilter(serializers.Serializer):
    """Which leads."""

    stage = serializers.ChoiceField(choices=Lead.Stage.choices, required=False)
    contact = Id(required=False)
    changed_after = serializers.DateTimeField(required=False, source="changed_at__gt")


class Leads(ListModelMixin, ApiView):
    """The workspace's leads."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "leads:read"}
    queryset = SHOWN
    serializer_class = LeadSerializer
    filters = LeadFilter

    @extend_schema(summary="List leads", parameters=[LeadFilter])
    def get(self, request: Request) -> Response:
        """The newest first."""
        return self.list(request)


class LeadDetail(RetrieveModelMixin, ApiView):
    """One lead."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "leads:read", "PATCH": "leads:write"}
    queryset = SHOWN
    serializer_class = LeadSerializer

    @extend_schema(summary="See a lead")
    def get(self, request: Request, pk: int) -> Response:
        """What is known of the buyer, and how far the sale is."""
        return self.retrieve(request, pk=pk)

    @extend_schema(summary="Move a lead to another stage", request=StageSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Refused with 400 for a move that makes no sense, such as assigning a lead that nobody has."""
        lead, stage = self.get_object(), StageSerializer(data=request.data)
        stage.is_valid(raise_exception=True)
        services.set_stage(lead, Lead.Stage(stage.validated_data["stage"]), by=self.maker)
        return self.retrieve(request, pk=pk)
