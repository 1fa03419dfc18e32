"""Puts the workspace's schema on every log line; a line without it is useless."""

import logging

from apps.tenants.door import schema


class WorkspaceFilter(logging.Filter):
    """Adds `workspace` to the record: the schema this thread is in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.workspace = schema()
        return True
