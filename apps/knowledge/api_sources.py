"""Adding each kind of source through the REST API."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api import ApiView
from apps.bots.models import Bot
from apps.knowledge import services
from apps.knowledge.api import WholeSource
from apps.knowledge.models import Source
from apps.knowledge.questions import MOST_ANSWER, MOST_PAIRS, MOST_QUESTION

#: Characters of base64: what fits into a body.
MOST_CONTENT = 2_400_000
MOST_CSV = 2_000_000


class ForBot(serializers.Serializer):
    """What every new source has. `language` is the bot's own when left out."""

    bot = serializers.PrimaryKeyRelatedField(queryset=Bot.objects.all())
    title = serializers.CharField(max_length=200)
    language = serializers.RegexField(r"^[a-z]{2}$", required=False, help_text="Two letters, such as en.")


class NewWebsite(ForBot):
    """A website, from this address or sitemap on. It is called as its host when it has no title."""

    title = serializers.CharField(max_length=200, required=False)
    address = serializers.CharField(max_length=1000)
    most_pages = serializers.IntegerField(min_value=1, max_value=services.MOST_PAGES, default=200)
    most_depth = serializers.IntegerField(
        min_value=0, max_value=services.MOST_DEPTH, default=4, help_text="Links away from the address."
    )
    every_hours = serializers.ChoiceField(
        choices=services.EVERY_HOURS, default=0, help_text="After how many hours it is read again by itself; 0: never."
    )


class NewFile(ForBot):
    """A PDF or Word file (.docx). Larger ones are uploaded on the bot's page."""

    title = serializers.CharField(max_length=200, required=False)
    file_name = serializers.CharField(max_length=200, help_text="With its ending.")
    content = serializers.CharField(max_length=MOST_CONTENT, trim_whitespace=False, help_text="The file in base64.")

    def validate_content(self, value: str) -> bytes:
        """The file's bytes."""
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError("This is not base64.") from error


class Pair(serializers.Serializer):
    """A question with its answer."""

    question = serializers.CharField(max_length=MOST_QUESTION)
    answer = serializers.CharField(max_length=MOST_ANSWER)


class NewQuestions(ForBot):
    """Questions with their answers."""

    pairs = serializers.ListField(child=Pair(), allow_empty=False, max_length=MOST_PAIRS)


class NewProducts(ForBot):
    """A list of products as CSV: the first line names the columns, one of them `name`."""

    csv = serializers.CharField(max_length=MOST_CSV, trim_whitespace=False)


class Adding(ApiView):
    """Adds a source of one kind."""

    scopes: ClassVar[Mapping[str, str]] = {"POST": "knowledge:write"}

    def add(self, given: dict[str, Any]) -> Source:
        """By the service of the kind."""
        raise NotImplementedError

    def post(self, request: Request) -> Response:
        """It is found once its state is `ready`; `state`, `pages/` and `chunks/` show how far it is."""
        return Response(WholeSource(self.add(self.valid())).data, status=201)


@extend_schema(summary="Add a website", request=NewWebsite, responses={201: WholeSource})
class Websites(Adding):
    """Websites."""

    serializer_class = NewWebsite

    def add(self, given: dict[str, Any]) -> Source:
        """Refuses addresses that lead into private networks."""
        return services.add_website(given.pop("bot"), **given)


@extend_schema(summary="Add a file", request=NewFile, responses={201: WholeSource})
class Files(Adding):
    """Files."""

    serializer_class = NewFile

    def add(self, given: dict[str, Any]) -> Source:
        """Refuses what is neither PDF nor Word file."""
        name, data = given.pop("file_name"), given.pop("content")
        return services.add_file(given.pop("bot"), title=given.pop("title", ""), name=name, data=data, **given)


@extend_schema(summary="Add questions", request=NewQuestions, responses={201: WholeSource})
class Questions(Adding):
    """Questions with their answers."""

    serializer_class = NewQuestions

    def add(self, given: dict[str, Any]) -> Source:
        """All pairs are one source."""
        pairs = [(pair["question"], pair["answer"]) for pair in given.pop("pairs")]
        return services.add_questions(given.pop("bot"), pairs=pairs, **given)


@extend_schema(summary="Add products", request=NewProducts, responses={201: WholeSource})
class Products(Adding):
    """Lists of products."""

    serializer_class = NewProducts

    def add(self, given: dict[str, Any]) -> Source:
        """Each row is found as one."""
        return services.add_products(given.pop("bot"), data=given.pop("csv").encode(errors="replace"), **given)
