"""Keeps the exchanges with the outside that happened on behalf of a workspace."""

from django.apps import apps
from django.db import connection

from apps.core.http import Exchange


def record(seen: Exchange) -> None:
    """Writes one row in the workspace this thread is in; exchanges of the installation itself are not kept."""
    if getattr(connection, "schema_name", "public") == "public":
        return
    apps.get_model("core", "Exchange").objects.create(
        method=seen.method,
        url=seen.url[:500],
        status=seen.status,
        milliseconds=round(seen.elapsed * 1000),
        error=seen.error[:80],
    )
