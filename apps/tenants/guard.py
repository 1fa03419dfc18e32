"""Raises when a workspace's model is queried outside a workspace.

Without it such a query fails with "relation does not exist", or worse, reads a public table of that name.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from apps.tenants.door import PUBLIC, schema


class OutsideWorkspace(RuntimeError):
    """A workspace's data was asked for in the public schema. Enter the workspace first: `tenants.enter(workspace)`."""


def in_workspace(model: type[models.Model]) -> bool:
    """Whether the model's table stands in every workspace's own schema. Also for the models of a migration."""
    label = model._meta.app_label
    return label in apps.app_configs and apps.app_configs[label].name in settings.TENANT_APPS


def owner_of(model: type[models.Model]) -> str:
    """Whose a row of the model is: the workspace's we are in, or everybody's. Values are sealed for it."""
    return schema() if in_workspace(model) else PUBLIC


class WorkspaceGuard:
    """A database router that routes nothing and only looks at each query's model."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> None:
        """Raises OutsideWorkspace for a workspace's model in the public schema."""
        if schema() == PUBLIC and in_workspace(model):
            raise OutsideWorkspace(
                f"{model.__name__} belongs to a workspace, but no workspace was entered in this thread."
            )

    db_for_write = db_for_read
