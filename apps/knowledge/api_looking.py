"""Looking at a source through the REST API: its pages, its pieces, what contradicts; reading it again, stopping it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView
from apps.bots.models import Bot
from apps.core.api import Conflict
from apps.knowledge import services
from apps.knowledge.api import SourceSerializer
from apps.knowledge.contradictions import contradictions
from apps.knowledge.models import Chunk, Fact, Page, Source

WRITE: Mapping[str, str] = {"POST": "knowledge:write"}
READ: Mapping[str, str] = {"GET": "knowledge:read"}


class PageSerializer(serializers.ModelSerializer):
    """What is read at once of a source: a web page, a page of a file, some rows. `why` it was not read, if so."""

    why = serializers.CharField(read_only=True)

    class Meta:
        model = Page
        fields = ("id", "number", "address", "title", "depth", "state", "problem", "why", "read_at")
        read_only_fields = fields


class ChunkSerializer(serializers.ModelSerializer):
    """A piece that can be found."""

    class Meta:
        model = Chunk
        fields = ("id", "page", "position", "headings", "text")
        read_only_fields = fields


class StatementSerializer(serializers.Serializer):
    """What one piece says, and where."""

    value = serializers.CharField()
    said = serializers.CharField()
    source = serializers.IntegerField()
    title = serializers.CharField()
    chunk = serializers.IntegerField()
    address = serializers.CharField()


class ContradictionSerializer(serializers.Serializer):
    """A thing of which different values are stated."""

    kind = serializers.ChoiceField(choices=Fact.Kind.choices)
    thing = serializers.CharField()
    statements = StatementSerializer(many=True)


class Contradictory(serializers.Serializer):
    """All that was found, at most 50."""

    contradictions = ContradictionSerializer(many=True)


class OfSource(ListModelMixin, ApiView):
    """Something of one source."""

    scopes: ClassVar[Mapping[str, str]] = READ

    def get_queryset(self) -> QuerySet[Any]:
        """Of the source in the address; 404 when there is none."""
        return super().get_queryset().filter(source=get_object_or_404(Source, pk=self.kwargs["pk"]))


class Pages(OfSource):
    """The pages of a source."""

    queryset = Page.objects.all()
    serializer_class = PageSerializer

    @extend_schema(summary="List a source's pages")
    def get(self, request: Request, pk: int) -> Response:
        """Those that were not read say why."""
        return self.list(request)


class Chunks(OfSource):
    """The pieces of a source."""

    queryset = Chunk.objects.defer("embedding", "words")
    serializer_class = ChunkSerializer

    @extend_schema(summary="List a source's pieces")
    def get(self, request: Request, pk: int) -> Response:
        """As they are found."""
        return self.list(request)


class ReadAgain(ApiView):
    """Reading a source once more."""

    scopes: ClassVar[Mapping[str, str]] = WRITE
    queryset = Source.objects.all()
    serializer_class = SourceSerializer

    @extend_schema(summary="Read a source again", request=None, responses=SourceSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Only what has changed is learnt anew; until then what it said stays known."""
        source = self.get_object()
        services.read_again(source)
        source.refresh_from_db()
        return Response(SourceSerializer(source).data)


class Stop(ApiView):
    """Stopping the reading of a source."""

    scopes: ClassVar[Mapping[str, str]] = WRITE
    queryset = Source.objects.all()
    serializer_class = SourceSerializer

    @extend_schema(summary="Stop reading a source", request=None, responses=SourceSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """What was read stays known. 409 when it is not being read."""
        source = self.get_object()
        if not services.stop(source):
            raise Conflict("This source is not being read.")
        source.refresh_from_db()
        return Response(SourceSerializer(source).data)


class Contradictions(ApiView):
    """Where a bot's knowledge contradicts itself."""

    scopes: ClassVar[Mapping[str, str]] = READ
    queryset = Bot.objects.all()
    serializer_class = Contradictory

    @extend_schema(summary="List contradictions", responses=Contradictory)
    def get(self, request: Request, pk: int) -> Response:
        """Prices, opening hours and phone numbers that two pieces state differently of one thing."""
        return Response(Contradictory({"contradictions": contradictions(self.get_object())}).data)
