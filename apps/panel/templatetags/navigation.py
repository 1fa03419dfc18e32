"""What the navigation shows beside the names of the pages."""

from typing import Any

from django import template

from apps.panel import queries
from apps.panel.onboarding import FirstSteps, unfinished

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_now(context: dict[str, Any]) -> str:
    """How many conversations wait for a person; empty for none."""
    membership = context.get("membership")
    return str(queries.waiting_count(membership) or "") if membership else ""


@register.simple_tag(takes_context=True)
def steps_left(context: dict[str, Any]) -> FirstSteps | None:
    """The first steps while they are to be done by this member."""
    return unfinished(context.get("membership"))
