"""Lists that grow with a business are shown a page at a time, so that no address fetches more."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

#: Rows of a list on one page.
PAGE = 50


def page_of(found: QuerySet[Any] | Sequence[Any], request: HttpRequest) -> Page[Any]:
    """The page that the address asks for by `page`; the first for what is no number, the last for one too far."""
    return Paginator(found, PAGE).get_page(request.GET.get("page"))
