"""Raises when a workspace's model is queried outside a workspace.

Without it such a query fails with "relation does not exist", or worse, reads a public table of that name.
"""

from typing import Any

from django.conf import settings
from django.db import models

from apps.tenants.door import PUBLIC, schema


class OutsideWorkspace(RuntimeError):
    """A workspace's data was asked for in the public schema. Enter the workspace first: `tenants.enter(workspace)`."""


class WorkspaceGuard:
    """A database router that routes nothing and only looks at each query's model."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> None:
        """Raises OutsideWorkspace for a workspace's model in the public schema."""
        if schema() == PUBLIC and model._meta.app_config.name in settings.TENANT_APPS:
            raise OutsideWorkspace(
                f"{model.__name__} belongs to a workspace, but no workspace was entered in this thread."
            )

    db_for_write = db_for_read
