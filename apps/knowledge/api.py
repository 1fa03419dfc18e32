"""Knowledge in the REST API: a bot's sources, and what is found in them for a question."""

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView, Id
from apps.bots.models import Bot
from apps.knowledge import services
from apps.knowledge.asking import ask
from apps.knowledge.models import Source
from apps.knowledge.search import MOST_QUESTION


class SourceSerializer(serializers.ModelSerializer):
    """A source of a bot's knowledge, without its text."""

    class Meta:
        model = Source
        fields = (
            *("id", "bot", "kind", "title", "address", "file_name", "language", "state", "error"),
            *("most_pages", "most_depth", "every_hours", "created_at", "indexed_at", "next_at"),
        )
        read_only_fields = fields


class WholeSource(SourceSerializer):
    """The same with its text."""

    class Meta:
        model = Source
        fields = (*SourceSerializer.Meta.fields, "text")
        read_only_fields = fields


class NewSource(serializers.Serializer):
    """A text for a bot to know. `language` is the bot's own when left out."""

    bot = serializers.PrimaryKeyRelatedField(queryset=Bot.objects.all())
    title = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=services.MOST, style={"base_template": "textarea.html"})
    language = serializers.RegexField(r"^[a-z]{2}$", required=False, help_text="Two letters, such as en.")


class SourceFilter(serializers.Serializer):
    """Which sources."""

    bot = Id(required=False)
    kind = serializers.ChoiceField(choices=Source.Kind.choices, required=False)
    state = serializers.ChoiceField(choices=Source.State.choices, required=False)


class Question(serializers.Serializer):
    """What to look for, in which bot's knowledge, and how many passages at most."""

    bot = serializers.PrimaryKeyRelatedField(queryset=Bot.objects.all())
    question = serializers.CharField(max_length=MOST_QUESTION)
    limit = serializers.IntegerField(min_value=1, max_value=20, default=5)


class FoundPassage(serializers.Serializer):
    """A piece of a source: the headings above it and its web page, if any. Scores compare within one answer only."""

    chunk = serializers.IntegerField(source="chunk.pk")
    source = serializers.IntegerField(source="chunk.source_id")
    title = serializers.CharField(source="chunk.source.title")
    headings = serializers.CharField(source="chunk.headings")
    address = serializers.CharField(source="chunk.address")
    text = serializers.CharField(source="chunk.text")
    score = serializers.FloatField()


class Found(serializers.Serializer):
    """The passages nearest to the question, best first; none when nothing fits."""

    passages = FoundPassage(many=True)


class Sources(ListModelMixin, ApiView):
    """The sources of all bots."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "knowledge:read", "POST": "knowledge:write"}
    queryset = Source.objects.defer("text", "robots")
    serializer_class = SourceSerializer
    filters = SourceFilter

    @extend_schema(summary="List sources", parameters=[SourceFilter])
    def get(self, request: Request) -> Response:
        """The newest first, without their texts."""
        return self.list(request)

    @extend_schema(summary="Add a text", request=NewSource, responses={201: WholeSource})
    def post(self, request: Request) -> Response:
        """It is found once its state is `ready`, usually within seconds."""
        given = NewSource(data=request.data)
        given.is_valid(raise_exception=True)
        return Response(WholeSource(services.add_text(**given.validated_data)).data, status=201)


class SourceDetail(RetrieveModelMixin, ApiView):
    """One source."""

    scopes: ClassVar[Mapping[str, str]] = {"GET": "knowledge:read", "DELETE": "knowledge:write"}
    queryset = Source.objects.all()
    serializer_class = WholeSource

    @extend_schema(summary="See a source")
    def get(self, request: Request, pk: int) -> Response:
        """With its text."""
        return self.retrieve(request, pk=pk)

    @extend_schema(summary="Delete a source", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """The bot forgets it at once."""
        services.remove(self.get_object())
        return Response(status=204)


class Ask(ApiView):
    """What a bot would be given to answer from."""

    scopes: ClassVar[Mapping[str, str]] = {"POST": "knowledge:read"}
    serializer_class = Question

    @extend_schema(summary="Ask the knowledge", responses=Found)
    def post(self, request: Request) -> Response:
        """Searches and writes nothing; no model answers."""
        asked = self.valid()
        found = ask(asked["bot"], asked["question"], limit=asked["limit"])
        return Response(Found({"passages": found}).data)
