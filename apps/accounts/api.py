"""The ground of every view of the REST API, and what several of them show."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.api_access import KeyAuthentication
from apps.accounts.models import ApiKey, User


class ApiView(GenericAPIView):
    """A view of the API. `scopes` says what each method asks of a key."""

    scopes: ClassVar[Mapping[str, str]] = {}

    filters: ClassVar[type[serializers.Serializer] | None] = None

    @property
    def key(self) -> ApiKey:
        """The key of this request."""
        return self.request.auth

    @property
    def maker(self) -> User:
        """Who made the key, and is behind what it changes."""
        return self.request.user

    def valid(self, instance: Model | None = None, *, partial: bool = False) -> dict[str, Any]:
        """The body as this view's serializer understands it. Raises ValidationError."""
        serializer = self.get_serializer(instance, data=self.request.data, partial=partial)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that the address asks for; `filters` names the conditions. Raises ValidationError."""
        if self.filters is None:
            return queryset
        asked = self.filters(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return queryset.filter(**asked.validated_data)


class Id(serializers.IntegerField):
    """The id of a row in a filter."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class PersonSerializer(serializers.ModelSerializer):
    """A member: the id, and the name by which colleagues know them."""

    name = serializers.CharField(source="__str__", read_only=True)

    class Meta:
        model = User
        fields = ("id", "name")


class NothingHere(APIView):
    """Every other address below /api/."""

    authentication_classes: ClassVar[list[type]] = []
    permission_classes: ClassVar[list[type]] = [AllowAny]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses whatever the method."""
        raise NotFound("There is nothing at this address. All addresses of the API end with a slash.")


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook has no types
    """How the OpenAPI document says it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A key of the workspace, made on its page API keys."}
