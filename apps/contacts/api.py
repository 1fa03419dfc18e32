"""Contacts in the REST API: to be seen only."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView
from apps.contacts.models import Contact, Identity

#: Whoever only tried a bot out is no contact.
SHOWN = Contact.objects.exclude(conversations__inbox__hidden=True).prefetch_related("identities")


class IdentitySerializer(serializers.ModelSerializer):
    """One name by which a vendor knows a contact."""

    class Meta:
        model = Identity
        fields = ("kind", "value")


class ContactSerializer(serializers.ModelSerializer):
    """A person who wrote. `phone` is empty when no vendor gave one."""

    phone = serializers.CharField(read_only=True)
    identities = IdentitySerializer(many=True, read_only=True)

    class Meta:
        model = Contact
        fields = ("id", "name", "language", "phone", "identities", "opted_out_at", "created_at")
        read_only_fields = fields


class ContactFilter(serializers.Serializer):
    """Which contacts."""

    identity = serializers.CharField(
        required=False, max_length=200, help_text="A phone number as digits, or another identity's value, exactly."
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        """As conditions on a contact. One value may be an identity of several kinds."""
        if "identity" not in given:
            return {}
        return {"pk__in": Identity.objects.filter(value=given["identity"].lstrip("+")).values("contact_id")}


class Contacts(ListModelMixin, ApiView):
    """The people who wrote."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "contacts:read"}
    queryset = SHOWN
    serializer_class = ContactSerializer
    filters = ContactFilter

    @extend_schema(summary="List contacts", parameters=[ContactFilter])
    def get(self, request: Request) -> Response:
        """The newest first."""
        return self.list(request)


class ContactDetail(RetrieveModelMixin, ApiView):
    """One contact."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "contacts:read"}
    queryset = SHOWN
    serializer_class = ContactSerializer

    @extend_schema(summary="See a contact")
    def get(self, request: Request, pk: int) -> Response:
        """Who it is and how they are reached."""
        return self.retrieve(request, pk=pk)
