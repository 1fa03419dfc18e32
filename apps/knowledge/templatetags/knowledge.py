"""How templates show a source's kind, and how its pages are called."""

from django import template
from django.utils.translation import gettext as _

from apps.knowledge.models import Page, Source

register = template.Library()

_ICONS = {
    Source.Kind.TEXT: "notebook-text",
    Source.Kind.WEBSITE: "globe",
    Source.Kind.FILE: "file-text",
    Source.Kind.QUESTIONS: "message-circle-question-mark",
    Source.Kind.PRODUCTS: "package",
}


@register.filter
def kind_icon(source: Source) -> str:
    """The icon of its kind."""
    return _ICONS.get(Source.Kind(source.kind), "notebook-text")


@register.filter
def page_name(page: Page) -> str:
    """A web page by its address, a page of a file by its number, rows by theirs."""
    if page.source.kind == Source.Kind.WEBSITE:
        return page.address
    if page.address.startswith("row "):
        return _("Row %(number)s") % {"number": page.address.removeprefix("row ")}
    return _("Page %(number)s") % {"number": page.address}
