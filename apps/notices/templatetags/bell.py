"""What the bell shows on every page of a workspace."""

from typing import Any

from django import template

from apps.notices.models import Notice
from apps.notices.services import newest, unread
from apps.notices.words import Words, words_of

register = template.Library()


@register.simple_tag(takes_context=True)
def bell(context: dict[str, Any]) -> dict[str, int]:
    """{"unread": how many, "newest": id of the member's newest notice, 0 without any}."""
    membership = context.get("membership")
    if membership is None:
        return {"unread": 0, "newest": 0}
    return {"unread": unread(membership).count(), "newest": newest(membership)}


@register.filter
def words(notice: Notice) -> Words:
    """What the notice says, and where it leads."""
    return words_of(notice)
