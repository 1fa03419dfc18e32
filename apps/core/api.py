"""The ground of the REST API: lists in pages by cursor, and refusals as problem documents (RFC 9457).

Knows no app and no key; see accounts.api for who may enter.
"""

import base64
import binascii
import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError as InvalidValue
from django.db.models import Model, QuerySet
from django.http import Http404, JsonResponse
from rest_framework import exceptions, serializers, status
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.limits import LimitReached

PROBLEM = "application/problem+json"
MOST_ROWS = 200
#: Bytes of a body. The longest source fits, also when every character of it is escaped.
MOST_BODY = 2_500_000


class Conflict(exceptions.APIException):
    """What is asked for does not fit what is there now."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class TooLarge(exceptions.APIException):
    """The body is larger than anything the API takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = f"A body may have at most {MOST_BODY:,} bytes."
    default_code = "too_large"


class BoundedJSON(JSONParser):
    """JSON, read up to MOST_BODY: neither length nor depth of a body is the sender's to choose."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """What the body says. Raises TooLarge, or ParseError for what is no JSON."""
        body = stream.read(MOST_BODY + 1)
        if len(body) > MOST_BODY:
            raise TooLarge
        try:
            return super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError("The body is nested too deeply.") from error


class NewestFirst(BasePagination):
    """Pages of rows by falling id. A row that arrives meanwhile moves none, so that a walk meets each row once."""

    default_rows = 50

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any) -> list[Model]:
        """The page that `cursor` and `limit` ask for. Raises ValidationError for what they cannot be."""
        limit, before = self._limit(request), self._before(request)
        found = queryset if before is None else queryset.filter(pk__lt=before)
        rows: list[Model] = list(found.order_by("-pk")[: limit + 1])
        self.request, self.last = request, rows[limit - 1] if len(rows) > limit else None
        return rows[:limit]

    def get_paginated_response(self, data: list[Any]) -> Response:
        """The rows and the address of the next page, null on the last."""
        return Response({"results": data, "next": self._next()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same for the OpenAPI document."""
        following = {"type": "string", "format": "uri", "nullable": True, "description": "The next page, if any."}
        properties = {"results": schema, "next": following}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """What a list understands, for the OpenAPI document."""
        count = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": self.default_rows}
        return [
            _parameter("cursor", "Where the page begins: take it from `next`.", {"type": "string"}),
            _parameter("limit", "Rows of the page.", count),
        ]

    def _next(self) -> str | None:
        if self.last is None:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = base64.urlsafe_b64encode(f"before:{self.last.pk}".encode()).decode().rstrip("=")
        return str(self.request.build_absolute_uri(f"{self.request.path}?{urlencode(query, doseq=True)}"))

    def _limit(self, request: Request) -> int:
        given = request.query_params.get("limit", str(self.default_rows))
        limit = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
        if not 1 <= limit <= MOST_ROWS:
            raise serializers.ValidationError({"limit": f"Ask for 1 to {MOST_ROWS} rows."})
        return limit

    def _before(self, request: Request) -> int | None:
        given = request.query_params.get("cursor")
        if given is None:
            return None
        try:
            word, _, number = base64.b64decode(given + "=" * (-len(given) % 4), b"-_", True).decode().partition(":")
        except (binascii.Error, ValueError):
            word, number = "", ""
        if word != "before" or not (number.isascii() and number.isdigit() and len(number) < 20):
            raise serializers.ValidationError({"cursor": "This is no cursor. Take it as it is from `next`."})
        return int(number)


def problem_of(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal as a problem document. None for errors of our own."""
    if isinstance(error, InvalidValue):
        error = serializers.ValidationError(serializers.as_serializer_error(error))
    if isinstance(error, LimitReached):
        error = Conflict(error.text)
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is no such row in this workspace.")
    if not isinstance(error, exceptions.APIException):
        return None
    fields = _by_field(error.detail) if isinstance(error, exceptions.ValidationError) else {}
    document = _document(error.status_code, _said(fields) if fields else str(error.detail), fields)
    asked = {"WWW-Authenticate": getattr(error, "auth_header", None), "Retry-After": getattr(error, "wait", None)}
    headers = {name: str(value) for name, value in asked.items() if value is not None}
    return Response(document, status=error.status_code, headers=headers, content_type=PROBLEM)


def problem(code: int, *, detail: str = "", wait: int | None = None) -> JsonResponse:
    """A problem document for an answer that is no view's: no such address, an error of ours, too many requests.

    `wait`: the seconds after which to come again.
    """
    said = {404: "There is nothing at this address.", 500: "This went wrong on our side and was noted. Try again."}
    headers = {} if wait is None else {"Retry-After": str(wait)}
    document = _document(code, detail or said.get(code, ""), {})
    return JsonResponse(document, status=code, content_type=PROBLEM, headers=headers)


def _document(code: int, detail: str, fields: Mapping[str, list[str]]) -> dict[str, Any]:
    document = {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code, "detail": detail}
    return {**document, "errors": fields} if fields else document


def _by_field(detail: Any, name: str = "") -> dict[str, list[str]]:
    """DRF's nested details as one level: {"fields.name": ["what is wrong"]}; "" for all of it together."""
    if isinstance(detail, Mapping):
        inner = [(key, value) for key, value in detail.items() if value]
        keys = {key: "" if key == "non_field_errors" else str(key) for key, _ in inner}
        parts = [_by_field(value, ".".join(filter(None, [name, keys[key]]))) for key, value in inner]
    elif isinstance(detail, list) and any(isinstance(one, Mapping | list) for one in detail):
        parts = [_by_field(one, ".".join(filter(None, [name, str(place)]))) for place, one in enumerate(detail)]
    else:
        return {name: [str(one) for one in (detail if isinstance(detail, list) else [detail])]}
    return {key: said for part in parts for key, said in part.items()}


def _said(fields: Mapping[str, list[str]]) -> str:
    """All complaints in one line, each with its field."""
    return " ".join(f"{name}: {' '.join(said)}" if name else " ".join(said) for name, said in fields.items())


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
