"""What every template may ask about the person who looks at it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.roles import CAN, can


def membership(request: HttpRequest) -> dict[str, Any]:
    """`membership`, `may` (name of a permission to yes or no), `workspace`, and whether the demo is on."""
    member = getattr(request, "membership", None)
    return {
        "membership": member,
        "workspace": getattr(request, "tenant", None),
        "may": {what: can(member, what) for what in CAN},
        "demo": settings.LEADLINE_DEMO,
    }
