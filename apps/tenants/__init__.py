"""Workspaces: one business, one Postgres schema. Owns Workspace, Hook and Route and the door `enter`."""

from apps.tenants.door import current, enter, public_url, schema, workspace_url

__all__ = ["current", "enter", "public_url", "schema", "workspace_url"]
